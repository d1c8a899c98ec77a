"""Policies: the words of the field, and the rules that decide; pure, no input or output."""

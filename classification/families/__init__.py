"""Families of recognisers: forms and check digits, names, addresses, words, numbers and days.

Each gives findings from values alone; the header is weighed against them elsewhere.
"""

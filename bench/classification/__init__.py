"""The independent evaluation of classification: columns and texts, written by a hand that did not write the rules.

It talks to the product as outsiders do: `mingjing scan` and `mingjing text`, by the formats of the outward interface.
"""

"""Derived facts: who acts through what, who is related, what was sold on, what returns."""

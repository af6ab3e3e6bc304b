"""What is said of something typed and not saved: when it was kept, and that no other device has it (OC28)."""


def kept_words(when: str = "") -> str:
    """One sentence; `when` as `at 14:02`, "" where nobody noted it down."""
    return f"We kept what you typed{when and ' '}{when}, on this device only."

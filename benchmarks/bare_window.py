"""The floor of every start: Python and an empty PySide6 window, as little as can be seen."""

from PySide6.QtWidgets import QApplication, QMainWindow

from benchmarks.marks import FirstPaint


def main() -> int:
    """Shows an empty window, says when it was painted, and ends."""
    qt = QApplication([])
    window = QMainWindow()
    window.resize(1280, 800)
    seen = FirstPaint("painted", window)
    seen.over.connect(qt.quit)
    window.show()
    return qt.exec()


if __name__ == "__main__":
    raise SystemExit(main())

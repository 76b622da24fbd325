"""The interview on a full terminal: one step as a list with arrow keys, or as a line to type in, drawn in place."""

from __future__ import annotations

import os
import sys
import textwrap
from typing import TYPE_CHECKING

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Size
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    Window,
)
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style

from trackfit.engine.interview.prompts import COMMANDS, Named, Prompt, Said, search

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples

ROWS = 9
ROWS_WITH_NOTES = 16
NOWHERE = -1
"""The place of the row pointed at, where there is none."""
WIDEST = 88
BAR = 16
KEYS = {
    "choice": "↑↓ and Enter · or type",
    "yes_no": "↑↓ and Enter · or type",
    "set": "type to search · Tab picks · Enter when done",
}
COLOURS = {
    "title": "bold",
    "bar": "ansicyan",
    "pointer": "ansicyan bold",
    "here": "ansicyan bold",
    "picked": "ansigreen",
    "dim": "ansibrightblack",
    "wrong": "ansired",
}
NO_COLOURS = {"title": "bold", "here": "bold", "pointer": "bold"}


def pick(step: Prompt, wrong: tuple[Said, ...], *, colour: bool) -> str:
    """Show a step, and give back the line that stands for what was picked or typed.

    Raises KeyboardInterrupt at Ctrl-C, and EOFError at Ctrl-D and where the terminal is gone.
    """
    return _Picker(step, wrong).run(colour=colour)


class _Picker:
    def __init__(self, step: Prompt, wrong: tuple[Said, ...]) -> None:
        self.step = step
        self.wrong = wrong
        self.all = [Named(one.id, one.name) for one in step.choices] or list(step.rows)
        self.chosen = list(step.held)
        self.at = next((at for at, one in enumerate(self.all) if one.name == step.given), self._first)
        self.moved = False
        self.typed = Buffer(multiline=False, on_text_changed=self._typing)

    def run(self, *, colour: bool) -> str:
        """Draw until there is an answer."""
        application: Application[str] = Application(
            layout=Layout(self._layout()),
            key_bindings=self._keys(),
            style=Style.from_dict(COLOURS if colour else NO_COLOURS),
            color_depth=None if colour else ColorDepth.DEPTH_1_BIT,
            output=Vt100_Output(sys.stderr, _size, term=os.environ.get("TERM"), enable_cpr=False),
            erase_when_done=True,
        )
        return application.run()

    @property
    def _first(self) -> int:
        """The row to begin at; of a question to pick one answer to, none: nothing is answered by Enter alone."""
        return NOWHERE if self.step.kind == "question" and self.step.type in ("choice", "yes_no") else 0

    # What is found

    @property
    def part(self) -> str:
        """What is being typed: of a set, the text after the last comma."""
        text = self.typed.text
        return text.rpartition(",")[2].strip() if self.step.type == "set" else text.strip()

    @property
    def found(self) -> list[Named]:
        """The rows to show. A number picks a row and a command none, so both leave the list as it is."""
        if self.part.isdigit() or self.part.lower() in COMMANDS:
            return self.all
        return search(self.all, self.part)

    def _typing(self, _: Buffer) -> None:
        self.moved = False
        if not self.part:
            self.at = self._first
            return
        self.at = int(self.part) - 1 if self.part.isdigit() else 0
        self.at = max(0, min(self.at, len(self.found) - 1))

    def _line(self) -> str:
        """The line that stands for what is picked and typed."""
        text = self.typed.text.strip()
        if text.lower() in COMMANDS:
            return text
        if self.step.type == "set":
            if not text and self.chosen == list(self.step.held):
                return ""
            return ", ".join([*self.chosen, text] if text else self.chosen) or "none"
        if self.step.choices and self.found and self.at != NOWHERE and not text.isdigit():
            return str(self.all.index(self.found[self.at]) + 1)
        return text

    def _toggle(self) -> None:
        id_ = self.found[self.at].id
        if id_ in self.chosen:
            self.chosen.remove(id_)
        else:
            self.chosen.append(id_)
        before, comma, _ = self.typed.text.rpartition(",")
        self.typed.text = f"{before}{comma} " if comma else ""
        self.typed.cursor_position = len(self.typed.text)
        self.at = next((at for at, one in enumerate(self.found) if one.id == id_), 0)
        self.moved = False

    # Keys

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        self._add_leaving(keys)
        self._add_choosing(keys)

        @keys.add(Keys.BracketedPaste)
        def _(event: KeyPressEvent) -> None:
            joint = ", " if self.step.type == "set" else " "
            lines = (line.strip() for line in event.data.splitlines())
            self.typed.insert_text(joint.join(line for line in lines if line))

        return keys

    def _add_leaving(self, keys: KeyBindings) -> None:
        is_empty = Condition(lambda: not self.typed.text)

        @keys.add("c-c")
        def _(event: KeyPressEvent) -> None:
            event.app.exit(exception=KeyboardInterrupt())

        @keys.add("c-d", filter=is_empty)
        def _(event: KeyPressEvent) -> None:
            event.app.exit(exception=EOFError())

        @keys.add("left", filter=is_empty)
        def _(event: KeyPressEvent) -> None:
            event.app.exit(result="back")

        @keys.add("?", filter=is_empty)
        def _(event: KeyPressEvent) -> None:
            event.app.exit(result="?")

    def _add_choosing(self, keys: KeyBindings) -> None:
        is_set = Condition(lambda: self.step.type == "set" and bool(self.found))
        at_row = Condition(lambda: self.moved and not self.part)

        @keys.add("up")
        @keys.add("c-p")
        def _(_event: KeyPressEvent) -> None:
            self._move(-1)

        @keys.add("down")
        @keys.add("c-n")
        def _(_event: KeyPressEvent) -> None:
            self._move(1)

        @keys.add("tab", filter=is_set)
        @keys.add(" ", filter=is_set & at_row)
        def _(_event: KeyPressEvent) -> None:
            self._toggle()

        @keys.add("tab", filter=~is_set)
        def _(_event: KeyPressEvent) -> None:
            self._move(1)

        @keys.add("enter")
        def _(event: KeyPressEvent) -> None:
            if is_set() and self.moved:
                self._toggle()
            elif self.step.type == "set" and self.typed.text and event.app.key_processor.input_queue:
                self.typed.insert_text(", ")  # a line of a paste that the terminal does not mark as one
            else:
                event.app.exit(result=self._line())

    def _move(self, by: int) -> None:
        if self.found and self.at == NOWHERE:
            self.at = 0 if by > 0 else len(self.found) - 1
            self.moved = True
        elif self.found:
            self.at = (self.at + by) % len(self.found)
            self.moved = True

    # Drawing

    def _layout(self) -> HSplit:
        line = Window(
            BufferControl(self.typed, input_processors=[BeforeInput("› ", style="class:pointer")]),
            height=1,
            dont_extend_height=True,
        )
        rows = Window(
            FormattedTextControl(self._rows, show_cursor=False),
            wrap_lines=True,
            height=lambda: Dimension(min=1, max=ROWS_WITH_NOTES if self.step.notes else ROWS),
            dont_extend_height=True,
        )
        return HSplit(
            [
                _text(self._head),
                line,
                ConditionalContainer(rows, Condition(lambda: bool(self.all))),
                _text(self._foot),
            ]
        )

    def _head(self) -> StyleAndTextTuples:
        step = self.step
        lines: StyleAndTextTuples = []
        if step.number:
            most = step.number + step.most_left - 1
            done = round(BAR * (step.number - 1) / max(most, 1))
            lines += [
                ("", "\n"),
                ("class:bar", "━" * done),
                ("class:dim", "─" * (BAR - done)),
                ("class:dim", f" {step.number} of at most {most}\n"),
                ("class:dim", f"{_wrap(step.nearest)}\n\n" if step.nearest else "\n"),
            ]
        else:
            lines.append(("", "\n"))
        lines.append(("class:title", _wrap(step.title)))
        if step.type == "set":
            names = {one.id: one.name for one in self.all}
            picked = ", ".join(names.get(id_, id_) for id_ in self.chosen)
            lines += [("", "\nYours: "), ("class:picked", picked or "none yet")]
        elif step.given:
            lines.append(("", f"\nYour answer so far: {step.given}"))
        for one in self.wrong:
            lines.append(("class:wrong", f"\n{one.text}"))
        return lines

    def _rows(self) -> StyleAndTextTuples:
        lines: StyleAndTextTuples = []
        step_notes = self.step.notes
        for at, row in enumerate(self.found):
            here = at == self.at
            if at:
                lines.append(("", "\n"))
            if here:
                lines.append(("[SetCursorPosition]", ""))
            mark = ("◉ " if row.id in self.chosen else "○ ") if self.step.type == "set" else ""
            lines.append(("class:pointer", "❯ " if here else "  "))
            style = "class:here" if here else "class:picked" if row.id in self.chosen else ""
            lines.append((style, _wrap(f"{mark}{row.name}", hang=4)))
            if row.id in step_notes:
                lines.append(("class:dim", f"\n    {_wrap(step_notes[row.id], hang=4)}"))
        if not self.found:
            lines.append(("class:dim", "  none by this name; Enter takes it as you typed it"))
        return lines

    def _foot(self) -> StyleAndTextTuples:
        keys = KEYS.get(self.step.type, "Enter when done")
        if self.step.empty and not self.all:
            keys = f"Enter alone {self.step.empty}"
        elif self.step.empty and self._first == NOWHERE:
            keys = f"{keys} · Enter alone {self.step.empty}"
        words = "? · why · ← back · skip · review · quit"
        wide = _size().columns >= len(keys) + len(words) + 3
        return [("class:dim", "\n" + (f"{keys} · {words}" if wide else f"{_wrap(keys)}\n{_wrap(words)}"))]


def _size() -> Size:
    columns, rows = os.get_terminal_size(sys.stderr.fileno())
    return Size(rows=rows or 24, columns=columns or 80)


def _wrap(text: str, hang: int = 0) -> str:
    """The text in lines of whole words; those after the first begin, and all end, `hang` columns further in."""
    width = max(10, min(_size().columns, WIDEST) - hang)
    return f"\n{' ' * hang}".join(textwrap.wrap(text, width, break_on_hyphens=False))


def _text(content: object) -> Window:
    return Window(
        FormattedTextControl(content),  # type: ignore[arg-type]
        wrap_lines=True,
        dont_extend_height=True,
    )

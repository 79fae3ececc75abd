"""Changes of the functions of one module, one at a time, by mutmut's operators: run by benchmarks.mutation in an environment of its own.

`python mutated_functions.py FILE ...` prints one JSON object a line for each change: `file`, `function` (its qualified name), `first` and
`last` (the lines of the file that change touches), `from` and `to` (the lines of the whole function), `code` (what stands there
instead), `fresh` (whether the change counts only when the module is loaded anew, as for a default value).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

UNCHANGED_CALLS = ("len", "isinstance")
"""Calls that mutmut leaves alone too: to change them only raises."""


def functions(body: object, within: str = "") -> Iterator[tuple[str, cst.FunctionDef]]:
    """Every function and method that is not inside a function, by its qualified name."""
    for statement in body:  # type: ignore[attr-defined]
        if isinstance(statement, cst.FunctionDef):
            yield within + statement.name.value, statement
        elif isinstance(statement, cst.ClassDef):
            yield from functions(statement.body.body, f"{within}{statement.name.value}.")


def places(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Every node that may be changed: not decorators, annotations, or the arguments of `len` and `isinstance`."""
    if isinstance(node, cst.Annotation | cst.Decorator):
        return
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in UNCHANGED_CALLS:
        return
    yield node
    for child in node.children:
        yield from places(child)


def changes(path: Path) -> Iterator[Mapping[str, object]]:
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    where: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)  # type: ignore[assignment]
    for name, function in functions(wrapper.module.body):
        inside = set(map(id, places(function.params)))
        head = min(where[node].start.line for node in (function, *function.decorators))
        for node in places(function):
            for kind, operator in mutation_operators:
                for instead in operator(node) if isinstance(node, kind) else ():
                    changed = function.deep_replace(node, instead)
                    code = cst.Module([]).code_for_node(changed.with_changes(leading_lines=[]))  # type: ignore[union-attr]
                    span = where.get(node, where[function])
                    yield {
                        "file": str(path),
                        "function": name,
                        "first": span.start.line,
                        "last": span.end.line,
                        "from": head,
                        "to": where[function].end.line,
                        "code": code,
                        "fresh": id(node) in inside,
                    }


if __name__ == "__main__":
    for file in sys.argv[1:]:
        for change in changes(Path(file)):
            print(json.dumps(change))

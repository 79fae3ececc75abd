"""Changes of the functions of one module, one at a time, by mutmut's operators: run by benchmarks.mutation in an environment of its own.

`python mutated_functions.py COUNT SEED FILE ...` prints one JSON object a line for each of COUNT changes drawn at random (0: all of them): `file`, `function` (its qualified name), `first` and
`last` (the lines of the file that change touches), `from` and `to` (the lines of the whole function), `code` (what stands there
instead), `fresh` (whether the change counts only when the module is loaded anew, as for a default value).
"""

from __future__ import annotations

import json
import random
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


Change = tuple[str, cst.FunctionDef, cst.CSTNode, cst.CSTNode]


def changes(module: cst.Module) -> Iterator[Change]:
    """Every change: the function's name, the function, the node in it, and what is to stand instead."""
    for name, function in functions(module.body):
        for node in places(function):
            for kind, operator in mutation_operators:
                for instead in operator(node) if isinstance(node, kind) else ():
                    yield name, function, node, instead


def told(path: Path, where: Mapping[cst.CSTNode, CodeRange], change: Change) -> Mapping[str, object]:
    name, function, node, instead = change
    changed = cst.ensure_type(function.deep_replace(node, instead), cst.FunctionDef)
    span = where.get(node, where[function])
    return {
        "file": str(path),
        "function": name,
        "first": span.start.line,
        "last": span.end.line,
        "from": min(where[part].start.line for part in (function, *function.decorators)),
        "to": where[function].end.line,
        "code": cst.Module([]).code_for_node(changed.with_changes(leading_lines=[])),
        "fresh": any(node is part for part in places(function.params)),
    }


def main(count: int, seed: int, files: list[str]) -> None:
    found: list[tuple[Path, Mapping[cst.CSTNode, CodeRange], Change]] = []
    for file in map(Path, files):
        wrapper = MetadataWrapper(cst.parse_module(file.read_text(encoding="utf-8")))
        where: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)  # type: ignore[assignment]
        found += [(file, where, change) for change in changes(wrapper.module)]
    for one in random.Random(seed).sample(found, count) if 0 < count < len(found) else found:
        print(json.dumps(told(*one)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])

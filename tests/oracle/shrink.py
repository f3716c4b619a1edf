"""Smaller sequences with the same difference: fewer steps, simpler arguments. The answer to whether a sequence still has one
costs some 5 ms."""

import time

import values
from model import Invalid, Machine, tree_of
from table import OPERATIONS

PATIENCE = 30  # seconds


def used_by(step):
    name, trees = step
    return set(trees) if name in ('drop', 'dump') else set().union(*map(values.registers, trees)) if trees else set()


def renumbered(tree, numbers):
    if not isinstance(tree, tuple):
        return tree
    if tree[0] == 'register':
        return ('register', numbers[tree[1]])
    if tree[0] in values.SEQUENCES:
        return (tree[0], tuple([renumbered(item, numbers) for item in tree[1]]))
    return tree[:2] + (renumbered(tree[2], numbers),) if tree[0] == 'key' and tree[1] == 'v' else tree


def without(steps, positions):
    """The sequence without these steps and what needs their results."""
    gone = set(positions)
    numbers = {}
    kept = []
    for position, (name, trees) in enumerate(steps):
        if position in gone:
            continue
        if name in ('drop', 'dump'):
            trees = [numbers[n] for n in trees if n in numbers]
            if not trees:
                gone.add(position)
                continue
        elif used_by((name, trees)) & gone:
            gone.add(position)
            continue
        else:
            trees = [renumbered(tree, numbers) for tree in trees]
        numbers[position] = len(kept)
        kept.append((name, trees))
    return kept


def shrink(steps, difference, compare):
    """The smallest sequence found, and its difference. `compare` gives the first difference of a sequence, or None."""
    best = [steps, difference]
    name = steps[difference.position][0]
    deadline = time.monotonic() + PATIENCE

    def attempt(candidate):
        if not candidate or time.monotonic() > deadline:
            return False
        found = compare(candidate)
        if found is None or candidate[found.position][0] != name:
            return False
        best[:] = [candidate[:found.position + 1], found]
        return True

    attempt(steps[:difference.position + 1])
    while True:
        before = best[0]
        remove_steps(best, attempt)
        simplify_arguments(best, attempt)
        cut_alike(best, attempt)
        share_results(best, attempt)
        if best[0] == before or time.monotonic() > deadline:
            return best[0], best[1]


def remove_steps(best, attempt):
    size = max(len(best[0]) // 2, 1)
    while True:
        position = len(best[0]) - size
        while position >= 0:
            attempt(without(best[0], range(position, position + size)))
            position = min(position, len(best[0])) - size
        if size == 1:
            return
        size = max(size // 2, 1)


def simplify_arguments(best, attempt):
    for position in range(len(best[0]) - 1, -1, -1):
        again = True
        while again and position < len(best[0]):
            again = False
            name, trees = best[0][position]
            if name in ('drop', 'dump'):
                break
            for i, tree in enumerate(trees):
                for candidate in candidates(tree, OPERATIONS[name].arguments[i][1], best[0][:position]):
                    changed = trees[:i] + [candidate] + trees[i + 1:]
                    if candidate != tree and attempt(best[0][:position] + [(name, changed)] + best[0][position + 1:]):
                        again = True
                        break
                if again:
                    break


def cut_alike(best, attempt):
    """Two texts of a step whose likeness matters lose the same part."""
    for position, (name, trees) in enumerate(list(best[0])):
        alike = [i for i, tree in enumerate(trees) if isinstance(tree, tuple) and tree[0] in ('str', 'bytes')]
        if len(alike) < 2 or position >= len(best[0]):
            continue
        size = max(len(trees[i][1]) for i in alike)
        while size:
            begin = 0
            while begin < max(len(trees[i][1]) for i in alike):
                changed = list(trees)
                for i in alike:
                    kind, text = trees[i]
                    changed[i] = (kind, text[:begin] + text[begin + size:])
                if attempt(best[0][:position] + [(name, changed)] + best[0][position + 1:]):
                    trees = changed
                else:
                    begin += size
            size //= 2


def candidates(tree, kind, earlier):
    """Simpler arguments; a register's value at that point is simpler than the steps that lead to it."""
    if isinstance(tree, tuple) and tree[0] == 'register':
        literal = literal_after(earlier, tree[1])
        return ([('int', 0)] if kind in values.VALUE_KINDS else []) + ([literal] if literal else [])
    if kind == 'natural':
        return [i for i in values.simpler(tree) if i >= 0]
    return values.simpler(tree)


def literal_after(steps, number):
    machine = Machine()
    try:
        for name, trees in steps:
            machine.step(name, trees)
        return tree_of(machine.cells[number], ())
    except (Invalid, KeyError):
        return None


def share_results(best, attempt):
    """A literal in place of the register that holds one."""
    for position, (name, trees) in enumerate(best[0]):
        if name != 'make.value' or position >= len(best[0]):
            continue
        literal = trees[0]
        changed = []
        for later, (other, others) in enumerate(best[0]):
            if other in ('drop', 'dump'):
                changed.append((other, others))
                continue
            changed.append((other, [put_in(tree, position, literal) for tree in others]))
        if changed != best[0] and attempt(changed):
            return


def put_in(tree, number, literal):
    """The literal instead of the register, where it stands inside of a value."""
    if not isinstance(tree, tuple):
        return tree
    if tree[0] in values.SEQUENCES:
        return (tree[0], tuple([literal if item == ('register', number) else put_in(item, number, literal)
                                for item in tree[1]]))
    return tree

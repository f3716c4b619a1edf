"""The oracle: random sequences of operations, driven through loam and through CPython, must have the same answers.

    oracle.py run --driver 'NAME=COMMAND' [--driver ..] [--ops N] [--each N] [--seed S] [--jobs N] [--acyclic]
        Drives N operations, with --each until every container has so many of its own; prints counts by container, and by
        operation and outcome. A sequence with a difference is shrunk and printed as a C test and as Python; exit status 1.
    oracle.py undriven PREPROCESSED < NAMES
        Which of these functions no operation calls, by driver.c as the preprocessor leaves it; exit status 1 if any.
    oracle.py operations
        Prints operations.h for driver.c.

table.py has the operations, model.py what CPython does, in the process of worker.py; values.py the arguments, generator.py
makes sequences, shrink.py makes them small, c_text.py writes them as C.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import collections
import concurrent.futures
import os
import random
import re
import shlex
import signal
import subprocess
import tempfile
import threading
import time

import c_text
import model
from shrink import shrink
from table import CONTAINERS

WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'worker.py')
SEQUENCES_AT_ONCE = 100
# A batch favours the groups that were behind so many batches earlier, however many run at a time: a seed has the same
# sequences on every machine.
LAG = 4
# A group that lacks operations after this many times what all of them need does not get any.
PATIENCE = 5
TIMEOUT = 120  # seconds for one batch; a hundredth of it is what one takes


# Running both.

class Outcome:
    """What a process answered, and how it ended."""

    def __init__(self, command, text, environment=None):
        with tempfile.TemporaryFile() as answers, tempfile.TemporaryFile() as complaints:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=answers, stderr=complaints, env=environment)
            try:
                process.communicate(text.encode(), timeout=TIMEOUT)
                self.end = describe(process.returncode)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.end = 'no end within %d seconds' % TIMEOUT
            answers.seek(0)
            complaints.seek(0)
            self.answers = answers.read().decode(errors='backslashreplace').split('\n')
            self.complaints = complaints.read().decode(errors='replace')
        self.answers.pop()


def describe(status):
    if status < 0:
        return 'killed by signal %s' % signal.Signals(-status).name
    return None if status == 0 else 'exit status %d' % status


def model_command(*arguments):
    return [sys.executable, '-S', '-E', WORKER] + [str(argument) for argument in arguments]


class Replayer:
    """A model's process that answers one sequence after the other."""

    def __init__(self):
        self.process = None

    def answers(self, text):
        """None where it dies of it, or takes too long, or the sequence may not be driven."""
        if not self.process:
            self.process = subprocess.Popen(model_command('replay'), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        alarm = threading.Timer(TIMEOUT, self.process.kill)
        alarm.start()
        try:
            self.process.stdin.write(text.encode())
            self.process.stdin.flush()
            answers = []
            while not answers or answers[-1][0] != '.':
                line = self.process.stdout.readline().decode()
                if not line:
                    raise BrokenPipeError
                answers.append(line.rstrip('\n'))
            return answers if 'invalid' not in answers else None
        except BrokenPipeError:
            self.process.wait()
            self.process = None
            return None
        finally:
            alarm.cancel()

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()


class Difference:
    """The first step of a sequence that is answered differently."""

    def __init__(self, position, expected, got, complaints=''):
        self.position = position
        self.expected = expected
        self.got = got
        self.complaints = complaints


def compare(steps, replayer, driver):
    """The first difference, or None; None also for steps that may not be driven."""
    text = ''.join(model.encode_step(*step) + '\n' for step in steps) + '. 0\n'
    expected = replayer.answers(text)
    if not expected:
        return None
    got = Outcome(driver + ['-l'], text)
    for position, answer in enumerate(expected):
        given = got.answers[position] if position < len(got.answers) else got.end or 'no answer'
        if given != answer:
            return Difference(min(position, len(steps) - 1), answer, given, got.complaints)
    if got.end:
        return Difference(len(steps) - 1, 'the end', got.end, got.complaints)
    return None


class Batch:
    """Some sequences, as the model made and answered them."""

    def __init__(self, seed, first, count, acyclic, behind):
        outcome = Outcome(model_command('generate', seed, first, count, *(['acyclic'] if acyclic else []), *behind), '')
        self.first = first
        self.count = count
        self.end = outcome.end
        self.complaints = outcome.complaints
        # What stands behind the last complete sequence is what the process died of.
        lines = outcome.answers
        while lines and not lines[-1].startswith('. '):
            lines.pop()
        self.steps = lines[0::2]
        self.answers = lines[1::2]
        self.completed = sum(step[0] == '.' for step in self.steps)

    def text(self):
        return ''.join(step + '\n' for step in self.steps)

    def sequence_at(self, position):
        """The steps of the sequence that has the line `position`, and its number in the batch."""
        begin = position
        while begin and self.steps[begin - 1][0] != '.':
            begin -= 1
        end = position
        while self.steps[end][0] != '.':
            end += 1
        return self.first + sum(step[0] == '.' for step in self.steps[:begin]), self.steps[begin:end]

    def first_difference(self, outcome):
        """The line of the first answer that is not the model's, or None."""
        if outcome.answers == self.answers and not outcome.end:
            return None
        for position, answer in enumerate(self.answers):
            if position >= len(outcome.answers) or outcome.answers[position] != answer:
                return position
        return len(self.answers) - 1


class Run:
    def __init__(self, options):
        self.options = options
        self.drivers = dict(driver.split('=', 1) for driver in options.driver)
        more = ['-n'] if options.acyclic else []
        self.drivers = {name: shlex.split(command) + more for name, command in self.drivers.items()}
        self.counts = collections.Counter()
        self.operations = 0
        self.by_group = collections.Counter()
        self.sequences = 0
        self.crashes = []
        self.found = 0

    def batch(self, first, behind):
        """One batch on every back end: it, and where each differs."""
        batch = Batch(self.options.seed, first, SEQUENCES_AT_ONCE, self.options.acyclic, behind)
        text = batch.text()
        differences = []
        for name, command in self.drivers.items():
            outcome = Outcome(command, text)
            position = batch.first_difference(outcome)
            if position is not None:
                differences.append((name, position, outcome))
        return batch, differences

    def count(self, batch):
        for step, answer in zip(batch.steps, batch.answers):
            name = step.split(' ', 1)[0]
            if '.' in name[1:]:
                self.counts[name, answer.split('\t', 1)[0]] += 1
                self.by_group[name.split('.')[0]] += 1
                self.operations += 1
        self.sequences += batch.completed
        if batch.end:
            self.crashes.append((batch.first + batch.completed, batch.end, batch.complaints))

    def behind(self):
        """The containers that have not had as many operations as each shall have."""
        return [group for group in CONTAINERS if self.by_group[group] < self.options.each]

    def is_enough(self):
        if self.operations < self.options.ops:
            return False
        return not self.behind() or self.operations >= PATIENCE * len(CONTAINERS) * self.options.each

    def go(self):
        """Batches until there are enough operations or a difference; a few are under way at a time."""
        first = self.options.first
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            pending = collections.deque()
            while not self.is_enough() and self.found < self.options.stop:
                while len(pending) < LAG:
                    pending.append(pool.submit(self.batch, first, self.behind()))
                    first += SEQUENCES_AT_ONCE
                batch, differences = pending.popleft().result()
                self.count(batch)
                if differences:
                    self.found += 1
                    self.report(batch, *differences[0], [name for name, _, _ in differences])
            for batch in pending:
                batch.cancel()

    def report(self, batch, name, position, outcome, names):
        if not batch.steps:
            print('The model made nothing: %s\n%s' % (batch.end, batch.complaints))
            return
        number, lines = batch.sequence_at(min(position, len(batch.steps) - 2))
        title = 'seed %s, sequence %d, on %s' % (self.options.seed, number, ' and '.join(names))
        print('A difference: %s' % title, flush=True)
        replayer = Replayer()
        steps = [model.decode_step(line) for line in lines]
        difference = compare(steps, replayer, self.drivers[name])
        if difference:
            steps, difference = shrink(steps, difference, lambda steps: compare(steps, replayer, self.drivers[name]))
            print(c_text.report(title, steps, difference), flush=True)
        else:
            got = outcome.answers[position] if position < len(outcome.answers) else outcome.end
            print('It did not come again with this sequence alone (LOAM_HASHSEED=0 makes hashes the same in each run).')
            print('\n'.join(lines))
            print('CPython: %s\nloam:    %s\n%s' % (batch.answers[position], got, outcome.complaints), flush=True)
        replayer.close()

    def summary(self, seconds):
        print('%d operations in %d sequences, %s each: %d differences; seed %s; %.1f s' % (
            self.operations, self.sequences, ' and '.join(['CPython'] + list(self.drivers)), self.found,
            self.options.seed, seconds))
        print('Of each container: %s' % ', '.join('%s %d' % (group, self.by_group[group]) for group in CONTAINERS))
        for number, end, complaints in self.crashes:
            print('The model died in sequence %d, which is left out: %s\n%s' % (number, end, complaints))
        outcomes = collections.defaultdict(list)
        for (name, outcome), count in sorted(self.counts.items()):
            outcomes[name].append('%s %d' % (outcome, count))
        for name in model.OPERATIONS:
            print('  %-22s %s' % (name, ', '.join(outcomes.get(name, ['never']))))


def run(options):
    started = time.monotonic()
    run = Run(options)
    run.go()
    run.summary(time.monotonic() - started)
    never = set(model.OPERATIONS) - {name for name, outcome in run.counts}
    if never and options.ops >= 50000:
        print('Never driven: %s' % ' '.join(sorted(never)))
    if run.behind():
        print('Fewer than %d operations: %s' % (options.each, ' '.join(run.behind())))
    if run.found or run.behind() or len(run.crashes) > run.sequences // 100:
        return 1
    return 1 if never and options.ops >= 50000 else 0


def called(preprocessed):
    """All names in what the preprocessor made of operations.h."""
    names = set()
    inside = False
    for line in open(preprocessed):
        if re.match(r'# \d+ "', line):
            inside = '/operations.h"' in line
        elif inside:
            names.update(re.findall(r'\bloam_\w+', line))
    return names


def main():
    parser = argparse.ArgumentParser(prog='oracle.py')
    commands = parser.add_subparsers(dest='command', required=True)
    p = commands.add_parser('run')
    p.add_argument('--driver', action='append', required=True)
    p.add_argument('--ops', type=int, default=100000)
    p.add_argument('--each', type=int, default=0, help='and go on until every container has had so many')
    p.add_argument('--seed', default=None)
    p.add_argument('--first', type=int, default=0, help='the number of the first sequence')
    p.add_argument('--jobs', type=int, default=min(os.cpu_count() or 1, 4))
    p.add_argument('--stop', type=int, default=1, help='after that many differences')
    p.add_argument('--acyclic', action='store_true', help='nothing comes to contain itself, and nothing may be left')
    commands.add_parser('operations')
    commands.add_parser('undriven').add_argument('preprocessed')
    options = parser.parse_args()
    if options.command == 'operations':
        print(c_text.operations(), end='')
    elif options.command == 'undriven':
        undriven = set(sys.stdin.read().split()) - called(options.preprocessed)
        print(''.join(name + '\n' for name in sorted(undriven)), end='')
        return 1 if undriven else 0
    else:
        if options.seed is None:
            options.seed = str(random.SystemRandom().randrange(10**9))
        return run(options)
    return 0


if __name__ == '__main__':
    sys.exit(main())

"""The model's process.

    worker.py generate SEED FIRST COUNT [acyclic] [GROUP ..]    sequences, each step followed by its answer, to stdout;
                                                                each favours one of the groups
    worker.py replay                                            from sequences on stdin, the answers
"""

import sys

sys.dont_write_bytecode = True

import model
from generator import Generator


def generate(seed, first, count, acyclic, behind):
    """Sequences on stdout: their steps, each followed by its answer. Flushed often, in case this process dies."""
    out = sys.stdout
    for number in range(first, first + count):
        for step, answer in Generator('%s.%d' % (seed, number), acyclic, behind).run():
            out.write(model.encode_step(*step) + '\n' + answer + '\n')
        out.write('. %d\n. %d\n' % (number, number))
        out.flush()


def replay():
    """Sequences on stdin, answers on stdout; a sequence with an invalid step ends with `invalid`."""
    steps = []
    for line in sys.stdin:
        line = line.rstrip('\n')
        if line[0] != '.':
            steps.append(model.decode_step(line))
            continue
        for answer in model.replay(steps):
            print('invalid' if answer is None else answer, flush=True)
        print(line, flush=True)
        steps = []


if __name__ == '__main__':
    if sys.argv[1] == 'generate':
        options = sys.argv[5:]
        generate(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), 'acyclic' in options,
                 [option for option in options if option != 'acyclic'])
    else:
        replay()

"""C text: operations.h for the driver, and sequences as C tests and as Python."""

import re

import values
from shrink import used_by
from table import CALLBACKS, CALLBACK_HEADS, HANDLES, HELPERS, OPERATIONS

# What makes a handle of a value.
HANDLE = {kind: 'iter_of' if kind == 'iter' else 'loam_to_%s_peek' % kind for kind in HANDLES}
OUT_TYPES = {'int': 'int64_t', 'double': 'double', 'bool': 'bool', 'chars': 'const char *', 'order': 'int',
             'value': 'loam_value', 'borrowed': 'loam_value'}
OUT_VALUES = {'int': 'loam_int(out)', 'double': 'loam_double(out)', 'bool': 'loam_bool(out)',
              'chars': 'loam_from(loam_str_new(out))', 'order': 'loam_int(out)', 'value': 'out',
              'borrowed': 'loam_retain_value(out)'}
OUT_FIRST = {'int': '0', 'double': '0', 'bool': 'false', 'chars': '""', 'order': '0', 'value': 'LOAM_UNSET',
             'borrowed': 'LOAM_UNSET'}


def declared(type_of_it, name):
    return type_of_it + name if type_of_it.endswith('*') else type_of_it + ' ' + name


# operations.h

def callback_name(kind, name):
    return '%s_%s' % (kind, name)


def callback_text(kind, name):
    return '%s\n{\n    (void)context;\n    %s\n}\n' % (
        CALLBACK_HEADS[kind] % callback_name(kind, name), CALLBACKS[kind][name].c)


def callback_finder(kind):
    first = callback_name(kind, next(iter(CALLBACKS[kind])))
    lines = ['static __typeof__(&%s) find_%s(const char *name)' % (first, kind), '{']
    for name in CALLBACKS[kind]:
        lines += ['    if (strcmp(name, "%s") == 0)' % name, '        return %s;' % callback_name(kind, name)]
    return '\n'.join(lines + ['    die(name);', '    return NULL;', '}', ''])


def letter_of(kind):
    if kind in values.INTEGER_KINDS:
        return 'u' if kind == 'natural' else 'i'
    return {'key': 'k', 'chars': 'c'}.get(kind, 'f' if kind in CALLBACKS else 'v')


def argument_text(i, name, kind):
    source = 'c->arguments[%d]' % i
    if kind in HANDLE:
        return '    loam_%s *%s = %s(%s.value);' % (kind, name, HANDLE[kind], source)
    if kind in CALLBACKS:
        first = callback_name(kind, next(iter(CALLBACKS[kind])))
        return '    __typeof__(&%s) %s = find_%s(%s.name);' % (first, name, kind, source)
    letter = letter_of(kind)
    type_of_it, member = {'i': ('int64_t', 'integer'), 'u': ('uint64_t', 'natural'), 'k': ('loam_key', 'key'),
                          'c': ('const char *', 'name'), 'v': ('loam_value', 'value')}[letter]
    return '    %s = %s.%s;' % (declared(type_of_it, name), source, member)


def answer_text(operation):
    result, c = operation.result, operation.c
    if result == 'nothing':
        return ['    %s;' % c, '    answer_status(c, LOAM_OK);']
    if result in ('status', 'value', 'borrowed', 'number', 'truth'):
        return ['    answer_%s(c, %s);' % (result, c)]
    if result in HANDLE:
        return ['    answer_handle(c, %s);' % c]
    if result == 'out pair':
        return ['    loam_value key;', '    loam_value value;', '    loam_status status = %s;' % c,
                '    answer_out(c, status, status == LOAM_OK ? '
                'loam_from(loam_tuple_new_take((loam_value[]){key, value}, 2)) : LOAM_UNSET);']
    out = result.split()[1]
    return ['    %s = %s;' % (declared(OUT_TYPES[out], 'out'), OUT_FIRST[out]), '    loam_status status = %s;' % c,
            '    answer_out(c, status, status == LOAM_OK ? %s : LOAM_UNSET);' % OUT_VALUES[out]]


def function_text(operation):
    lines = ['static void run_%s(call *c)' % operation.name.replace('.', '_'), '{']
    lines += [argument_text(i, name, kind) for i, (name, kind, strict) in enumerate(operation.arguments)]
    return '\n'.join(lines + answer_text(operation) + ['}', ''])


def operations():
    parts = ['/* Made by oracle.py from table.py. */', '']
    parts += HELPERS.values()
    for kind, callbacks in CALLBACKS.items():
        parts += [callback_text(kind, name) for name in callbacks]
        parts.append(callback_finder(kind))
    parts += [function_text(operation) for operation in OPERATIONS.values()]
    parts += ['/* `kinds`: those of the arguments, for read_argument(). */', 'typedef struct operation {',
              '    const char *name;', '    const char *kinds;', '    bool touches; /* the first argument is written too */',
              '    void (*run)(call *c);', '} operation;', '', 'static const operation operations[] = {']
    for o in OPERATIONS.values():
        parts.append('    {"%s", "%s", %s, run_%s},' % (o.name, ''.join(letter_of(kind) for _, kind, _ in o.arguments),
                                                      'true' if o.touches else 'false', o.name.replace('.', '_')))
    return '\n'.join(parts + ['};', ''])


# Tests.

def c_quoted(text):
    return values.c_chars(text.encode())


class Test:
    """A sequence as the body of a test. What a step has made is the variable v and its number."""

    def __init__(self, steps, difference):
        self.steps = steps
        self.difference = difference
        self.kinds = {}  # of registers: a handle's kind, or 'value'
        self.helpers = {}
        self.lines = []
        self.used = set().union(*[used_by(step) for step in steps])
        self.handled = None  # the register of a step's first handle

    def variable(self, number):
        return 'v%d' % number

    def as_value(self, number):
        return self.variable(number) if self.kinds[number] == 'value' else 'loam_from(%s)' % self.variable(number)

    def argument(self, kind, tree, macro):
        """The C text of an argument; `macro` where C data may go straight in."""
        if kind in HANDLE:
            return self.handle(kind, tree)
        if kind in CALLBACKS:
            name = callback_name(kind, tree)
            self.helpers[name] = callback_text(kind, tree)
            return name
        if tree is None:
            return 'LOAM_OMIT'
        if kind == 'natural':
            return 'UINT64_C(%d)' % tree
        if kind in values.INTEGER_KINDS:
            return values.c_int(tree)
        if kind == 'chars':
            return values.c_chars(tree[1].encode())
        if kind == 'key':
            return values.c_key(tree, self.variable)
        if macro:
            return values.c_data(tree, self.variable)
        if tree[0] == 'register':
            return self.as_value(tree[1])
        if tree[0] in ('none', 'bool'):
            return values.c_data(tree, self.variable)
        return self.temporary(tree)

    def handle(self, kind, tree):
        if tree[0] != 'register':
            tree = ('register', self.stored(tree))
        self.handled = tree[1] if self.handled is None else self.handled
        if self.kinds[tree[1]] == kind:
            return self.variable(tree[1])
        return '%s(%s)' % (HANDLE[kind], self.as_value(tree[1]))

    def stored(self, tree):
        number = len(self.steps) + len(self.kinds)
        self.lines.append(self.making(number, tree))
        return number

    def temporary(self, tree):
        return self.as_value(self.stored(tree))

    def making(self, number, tree):
        kind = tree[0]
        name = self.variable(number)
        if kind in values.SEQUENCES and tree[1] and len(tree[1]) <= 128:
            self.kinds[number] = kind
            items = ', '.join(values.c_data(item, self.variable) for item in tree[1])
            return 'loam_auto loam_%s *%s = loam_%s_of(%s);' % (kind, name, kind, items)
        if kind in values.SEQUENCES:
            self.kinds[number] = kind
            return 'loam_auto loam_%s *%s = %s;' % (kind, name, values.EMPTY[kind])
        if kind in ('str', 'bytes'):
            self.kinds[number] = kind
            data = tree[1].encode() if kind == 'str' else tree[1]
            return 'loam_auto loam_%s *%s = loam_%s_from(%s, %d);' % (kind, name, kind, values.c_chars(data), len(data))
        self.kinds[number] = 'value'
        return 'loam_auto_value loam_value %s = LOAM_VAL(%s);' % (name, values.c_data(tree, self.variable))

    def expression(self, operation, trees):
        """The C expression of a step. The table writes (f)(..) where f is a macro too, for arguments that are values
        already; with keys the macro reads better."""
        has_key = any(kind == 'key' for _, kind, _ in operation.arguments)
        c = re.sub(r'^\((loam_\w+)\)', r'\1', operation.c) if has_key else operation.c
        macro = has_key or bool(re.match(r'loam_(list_(set|append|insert|of)|dict_(set|of)|tuple_of)\(', c))
        self.handled = None
        texts = {name: self.argument(kind, tree, macro)
                 for (name, kind, strict), tree in zip(operation.arguments, trees)}
        for helper, text in HELPERS.items():
            if helper in c:
                self.helpers.update({other: HELPERS[other] for other in HELPERS if other + '(' in text})
        if not texts:
            return c
        return re.sub(r'\b(%s)\b' % '|'.join(texts), lambda match: texts[match.group(1)], c)

    def step(self, number, name, trees, expected):
        if name == 'drop':
            for n in trees:
                self.lines.append('loam_release(%s);' % self.variable(n))
                self.lines.append('%s = %s;' % (self.variable(n), 'LOAM_UNSET' if self.kinds[n] == 'value' else 'NULL'))
        elif name == 'dump':
            for n, text in zip(trees, expected.split('\t')[1:]):
                self.lines.append('assert_repr(%s, %s);' % (self.as_value(n), c_quoted(text)))
        elif name == 'make.value' and trees[0][0] != 'register':
            self.lines.append(self.making(number, trees[0]))
        else:
            self.operation(number, OPERATIONS[name], trees, expected.split('\t'))

    def operation(self, number, operation, trees, answer):
        c = self.expression(operation, trees)
        name = self.variable(number)
        outcome = answer[0]
        result = operation.result
        failed = outcome not in ('ok', 'missing', 'done')
        code = 'LOAM_' + ('ERR_' if failed else '') + outcome.upper()
        if result == 'nothing':
            self.lines.append(c + ';')
        elif result == 'status':
            self.lines.append('cr_assert_eq(%s, %s);' % (c, code))
        elif result in ('number', 'truth'):
            text = {'True': '1', 'False': '0'}.get(answer[1], answer[1]) if outcome == 'ok' else code
            self.kinds[number] = 'value'
            self.lines.append('cr_assert_eq(%s, %s);' % (c, text))
        elif result == 'out pair':
            self.lines += ['loam_auto_value loam_value key%d = LOAM_UNSET;' % number,
                           'loam_auto_value loam_value value%d = LOAM_UNSET;' % number,
                           'cr_assert_eq(%s, %s);' % (
                               c.replace('&key', '&key%d' % number).replace('&value', '&value%d' % number), code)]
            self.kinds[number] = 'value'
            if outcome == 'ok' and (number in self.used or number == self.difference.position):
                self.lines.append('loam_auto_value loam_value %s = LOAM_VAL(LOAM_TUPLE(key%d, value%d));' % (
                    name, number, number))
                self.expect(number, answer)
        elif result.startswith('out '):
            out = result.split()[1]
            self.lines.append('%s = %s;' % (declared(OUT_TYPES[out], 'out%d' % number), OUT_FIRST[out]))
            self.lines.append('cr_assert_eq(%s, %s);' % (c.replace('&out', '&out%d' % number), code))
            self.kinds[number] = 'value'
            if outcome == 'ok' and (number in self.used or number == self.difference.position or out == 'value'):
                self.lines.append('loam_auto_value loam_value %s = %s;' % (
                    name, OUT_VALUES[out].replace('out', 'out%d' % number)))
                self.expect(number, answer)
        else:
            kind = result if result in HANDLE else 'value'
            self.kinds[number] = kind
            if kind != 'value':
                self.lines.append('loam_auto loam_%s *%s = %s;' % (kind, name, c))
                if failed:
                    self.lines.append('cr_assert_null(%s);' % name)
            else:
                c = 'loam_retain_value(%s)' % c if result == 'borrowed' else c
                self.lines.append('loam_auto_value loam_value %s = %s;' % (name, c))
                if failed:
                    self.lines.append('cr_assert(loam_is_unset(%s));' % name)
            self.expect(number, answer)
        if failed and result != 'nothing':
            self.lines.append('assert_failed(%s);' % code)
        if operation.touches and number == self.difference.position:
            self.touched(answer)

    def expect(self, number, answer):
        if answer[0] == 'ok' and answer[1] != '<iter>' and number == self.difference.position:
            self.compare(number, answer[1])

    def touched(self, answer):
        if len(answer) > 1:
            self.compare(self.handled, answer[-1])

    def compare(self, number, text):
        counted = re.fullmatch(r'<(\d+) items>', text)
        if counted:
            self.lines.append('cr_assert_eq(loam_len(%s), %s);' % (self.as_value(number), counted.group(1)))
        else:
            self.lines.append('assert_repr(%s, %s);' % (self.as_value(number), c_quoted(text)))


def c_test(title, steps, answers, difference):
    test = Test(steps, difference)
    for number, ((name, trees), expected) in enumerate(zip(steps, answers)):
        test.step(number, name, trees, expected)
    head = ''.join(text + '\n' for text in test.helpers.values())
    name = steps[difference.position][0].replace('.', '_')
    return '%s/* %s. CPython: %s; loam: %s. */\nLOAM_TEST(oracle_found, %s)\n{\n%s}\n' % (
        head, title, in_comment(difference.expected), in_comment(difference.got), name,
        ''.join('    %s\n' % line for line in test.lines))


def in_comment(text):
    text = text.replace('\t', ' | ').replace('*/', '* /')
    return text if len(text) < 200 else text[:200] + '..'


def python_snippet(steps):
    lines = []
    for number, (name, trees) in enumerate(steps):
        name_of = 'v{}'.format
        if name == 'drop':
            lines.append('del ' + ', '.join(map(name_of, trees)))
        elif name == 'dump':
            lines.append('print(%s)' % ', '.join(map(name_of, trees)))
        else:
            o = OPERATIONS[name]
            texts = {argument: 'CALLBACKS_OF[%r][%r]' % (kind, tree) if kind in CALLBACKS else
                     repr(tree[1]) if kind == 'chars' else values.python_text(tree, name_of)
                     for (argument, kind, strict), tree in zip(o.arguments, trees)}
            text = re.sub(r'\b(%s)\b' % '|'.join(texts), lambda match: texts[match.group(1)], o.python) if texts else o.python
            lines.append('v%d = %s' % (number, text))
    return '\n'.join(lines)


def report(title, steps, difference):
    import model
    answers = [answer or 'ok' for answer in model.replay(steps)]
    parts = [c_test(title, steps, answers, difference), 'In Python, with `from model import *` for what is not its own:',
             python_snippet(steps), '', 'CPython: %s' % difference.expected, 'loam:    %s' % difference.got]
    if difference.complaints.strip():
        parts.append(difference.complaints.strip()[:4000])
    return '\n'.join(parts) + '\n'

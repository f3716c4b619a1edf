/*
 * A small Lisp with lexical scope and tail calls, to be read as an example of how a language's runtime is built on
 * loam.
 *
 *     > (define (adder n) (lambda (x) (+ x n)))
 *     > (list ((adder 3) 4) 2.5 "text")
 *     (7, 2.5, 'text')
 *
 *   - Values are loam's: numbers, booleans, None, text; lists are tuples. Code is such values too: a name is a str, a
 *     form is a tuple. Tuples never change, and so no code does while it runs.
 *   - Scopes, functions and what is built in are types of this program's own. The variables of a scope are a dict.
 *   - A function refers to the scope that it was made in, and a scope to its functions: a local function that has a
 *     name is a cycle. Nothing here breaks it; the memory manager finds it, and at the end a line on stderr says how
 *     many there were.
 *   - evaluate() recurses, and C variables hold what it works on, so there is no stack of our own to register. What is
 *     owned is in loam_auto variables, which let go of it on every way out; plain arguments, and results of _peek, are
 *     lent.
 *   - An expression that fails gives the unset value, which every caller hands on. What failed stands in loam_error()
 *     until the REPL prints it; out of memory is such a failure.
 *   - The interpreter has a heap of its own. That it can be freed shows that nothing is held any more.
 */
#define _POSIX_C_SOURCE 200809L /* fileno, isatty */

#include <loam.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MOST_NESTED = 2000, /* calls, parentheses: the C stack bounds them */
    MOST_ARGUMENTS = 16,
    LONGEST_WORD = 1000, /* bytes of a name or a text in a program; read_word() has it too */
    BODY = 2             /* where it begins in what defines a function */
};

/* The value of an expression that fails. */
#define FAIL(...) (loam_fail(__VA_ARGS__), LOAM_UNSET)

/* Types. */

typedef struct scope {
    loam_object loam;
    loam_dict *variables;
    struct scope *outer; /* NULL: none */
} scope;

typedef struct function {
    loam_object loam;
    loam_tuple *parameters; /* names */
    loam_tuple *code;       /* what defined it */
    scope *outer;
} function;

/* Evaluated, and what to do with them where a function does several things. */
typedef struct arguments {
    loam_value values[MOST_ARGUMENTS];
    int count;
    char operation;
} arguments;

typedef struct frame frame;
typedef struct builtin {
    const char *name;
    int least, most; /* arguments */
    loam_value (*call)(const arguments *a);
    loam_value (*form)(frame *f, loam_tuple *form); /* or this: evaluates them itself, may set f->next */
    char operation;
} builtin;

/* The value of its name. */
typedef struct primitive {
    loam_object loam;
    const builtin *is;
} primitive;

static loam_type scope_type = {
    .name = "scope", .size = sizeof(scope), .refs = LOAM_REFS(offsetof(scope, variables), offsetof(scope, outer))};
static loam_type function_type = {
    .name = "function",
    .size = sizeof(function),
    .refs = LOAM_REFS(offsetof(function, parameters), offsetof(function, code), offsetof(function, outer))};
static loam_type primitive_type = {.name = "primitive", .size = sizeof(primitive)};

static scope *scope_new(scope *outer)
{
    loam_auto scope *s = loam_new(&scope_type);
    if (!s || loam_slot_set_take(s, &s->variables, loam_from(loam_dict_new())) < 0)
        return NULL;
    return outer && loam_slot_set(s, &s->outer, loam_from(outer)) < 0 ? NULL : loam_move(&s);
}

static loam_value function_new(loam_tuple *parameters, loam_tuple *code, scope *outer)
{
    loam_auto function *fn = loam_new(&function_type);
    if (parameters && loam_tuple_len(code) <= BODY)
        return FAIL(LOAM_ERR_VALUE, "a function has a body");
    if (!fn || loam_slot_set(fn, &fn->parameters, loam_from(parameters)) < 0 ||
        loam_slot_set(fn, &fn->code, loam_from(code)) < 0 || loam_slot_set(fn, &fn->outer, loam_from(outer)) < 0)
        return LOAM_UNSET;
    return loam_from(loam_move(&fn));
}

/* Reading. */

typedef struct reader {
    FILE *in;
    loam_dict *words; /* those that are no names, and what they stand for */
    int depth;
} reader;

static loam_value read_from(reader *r, int c);

/* The next character that is neither space nor in a comment, or EOF. */
static int next_char(FILE *in)
{
    bool in_comment = false;
    int c;
    while ((c = getc(in)) != EOF && (in_comment || c == ';' || isspace(c)))
        in_comment = c != '\n' && (in_comment || c == ';');
    return c;
}

static loam_value read_number(const char *word)
{
    char *end;
    errno = 0;
    int64_t integer = strtoll(word, &end, 10);
    if (!*end)
        return errno == ERANGE ? FAIL(LOAM_ERR_OVERFLOW, "%s does not fit into 64 bits", word) : LOAM_VAL(integer);
    double number = strtod(word, &end);
    return *end ? FAIL(LOAM_ERR_VALUE, "%s is no number", word) : LOAM_VAL(number);
}

static loam_value read_word(reader *r, int c)
{
    char word[LONGEST_WORD + 1] = "";
    loam_value found;
    ungetc(c, r->in);
    if (fscanf(r->in, "%1000[^()';\" \t\v\f\r\n]", word) != 1 || strlen(word) == LONGEST_WORD)
        return FAIL(LOAM_ERR_VALUE, "a word of more than %d bytes", LONGEST_WORD - 1);
    if (isdigit((unsigned char)word[word[0] == '-']))
        return read_number(word);
    return loam_dict_find(r->words, word, &found) == LOAM_MISSING ? LOAM_VAL(word) : found;
}

/* (quote value), for what is not to be evaluated. */
static loam_value quote_take(reader *r, loam_value value)
{
    return LOAM_VAL(LOAM_TUPLE(LOAM_TAKE(loam_dict_get(r->words, "quote")), LOAM_TAKE(value)));
}

static loam_value read_text(reader *r)
{
    char text[LONGEST_WORD];
    size_t len = 0;
    int c;

    while ((c = getc(r->in)) != '"') {
        if (c == '\\')
            c = (c = getc(r->in)) == 'n' ? '\n' : c;
        if (c == EOF || len == LONGEST_WORD)
            return FAIL(LOAM_ERR_VALUE, "a text that does not end, or of more than %d bytes", LONGEST_WORD);
        text[len++] = (char)c;
    }
    return quote_take(r, loam_from(loam_str_from(text, len)));
}

static loam_value read_list(reader *r)
{
    loam_auto loam_list *list = loam_list_new();
    int c;
    while ((c = next_char(r->in)) != ')')
        if (loam_list_append_take(list, read_from(r, c)) < 0)
            return LOAM_UNSET;
    return loam_from(loam_tuple_from(loam_from(list)));
}

/* The expression that begins with `c`. */
static loam_value read_from(reader *r, int c)
{
    loam_value result;

    if (c == EOF || c == ')')
        return FAIL(LOAM_ERR_VALUE, c == EOF ? "the input ends inside of an expression" : ") without (");
    if (c == '"')
        return read_text(r);
    if (c != '(' && c != '\'')
        return read_word(r, c);
    if (r->depth == MOST_NESTED)
        return FAIL(LOAM_ERR_RECURSION, "parentheses are nested too deeply");
    r->depth++;
    result = c == '(' ? read_list(r) : quote_take(r, read_from(r, next_char(r->in)));
    r->depth--;
    return result;
}

/* Evaluating. */

/* An expression that is evaluated, and those that take its place: a tail call does not recurse, it sets `next`. */
struct frame {
    scope *where;      /* owned */
    function *running; /* whose code this is, owned, so that the code stays; NULL: whoever evaluates it holds it */
    loam_value next;   /* lent by the code; unset: the value is there */
    int depth;
};

static loam_value evaluate(loam_value code, scope *where, int depth);

/* The scope that has the variable, lent, and its value, a new reference. NULL: none has, or a failure. */
static scope *look_up(scope *where, loam_value name, loam_value *value)
{
    loam_status st = LOAM_MISSING;
    while (where && (st = loam_dict_find(where->variables, name, value)) == LOAM_MISSING)
        where = where->outer;
    if (st == LOAM_MISSING)
        *value = FAIL(LOAM_ERR_KEY, "%s is not defined", loam_str_chars_peek(loam_to_str_peek(name)));
    return st == LOAM_OK ? where : NULL;
}

static loam_value part_peek(loam_tuple *form, int64_t index)
{
    return index < loam_tuple_len(form) ? loam_tuple_get_peek(form, index) : FAIL(LOAM_ERR_VALUE, "a part is missing");
}

static loam_value evaluate_part(frame *f, loam_tuple *form, int64_t index)
{
    loam_value code = part_peek(form, index);
    loam_value value;
    if (!loam_is_str(code))
        return evaluate(code, f->where, f->depth + 1);
    look_up(f->where, code, &value);
    return value;
}

/* The parts from `first` on, of which the last is next. */
static loam_value run_body(frame *f, loam_tuple *form, int64_t first)
{
    int64_t i = first;
    for (; i < loam_tuple_len(form) - 1; i++) {
        loam_auto_value loam_value ignored = evaluate_part(f, form, i);
        if (loam_is_unset(ignored))
            return LOAM_UNSET;
    }
    f->next = part_peek(form, i);
    return LOAM_UNSET;
}

static loam_value form_quote(frame *f, loam_tuple *form)
{
    (void)f;
    return loam_retain_value(part_peek(form, 1));
}

/* (if test then) or (if test then else): all is true but False and None. */
static loam_value form_if(frame *f, loam_tuple *form)
{
    loam_auto_value loam_value test = evaluate_part(f, form, 1);
    bool is_true = test.word != LOAM_FALSE.word && !loam_is_none(test);
    if (loam_is_unset(test))
        return LOAM_UNSET;
    if (!is_true && loam_tuple_len(form) == 3)
        return LOAM_NONE;
    f->next = part_peek(form, is_true ? 2 : 3);
    return LOAM_UNSET;
}

/* (lambda (parameter ..) body ..) */
static loam_value form_lambda(frame *f, loam_tuple *form)
{
    return function_new(loam_to_tuple_peek(part_peek(form, 1)), form, f->where);
}

/* (define name value) or (define (name parameter ..) body ..) */
static loam_value form_define(frame *f, loam_tuple *form)
{
    loam_value name = part_peek(form, 1);
    loam_auto loam_tuple *parameters = NULL;
    loam_auto_value loam_value value = LOAM_UNSET;

    if (loam_is_tuple(name)) {
        parameters = loam_tuple_slice(loam_to_tuple_peek(name), 1, LOAM_OMIT, 1);
        name = part_peek(loam_to_tuple_peek(name), 0);
        value = function_new(parameters, form, f->where);
    } else {
        value = evaluate_part(f, form, 2);
    }
    if (loam_is_unset(value))
        return LOAM_UNSET;
    if (!loam_is_str(name))
        return FAIL(LOAM_ERR_TYPE, "only a name can be defined");
    return loam_dict_set(f->where->variables, name, value) < 0 ? LOAM_UNSET : LOAM_NONE;
}

/* (set! name value), of a variable that there is. */
static loam_value form_set(frame *f, loam_tuple *form)
{
    loam_auto_value loam_value value = evaluate_part(f, form, 2);
    loam_auto_value loam_value old = LOAM_UNSET;
    loam_value name = part_peek(form, 1);

    if (loam_is_unset(value))
        return LOAM_UNSET;
    if (!loam_is_str(name))
        return FAIL(LOAM_ERR_TYPE, "only a name can be set");
    scope *where = look_up(f->where, name, &old);
    return !where || loam_dict_set(where->variables, name, value) < 0 ? LOAM_UNSET : loam_move_value(&value);
}

/* Go on with the body of `callee`, in a scope of its own. */
static loam_value call_function(frame *f, function *callee, loam_tuple *form)
{
    loam_auto scope *where = scope_new(callee->outer);
    int64_t count = loam_tuple_len(callee->parameters);

    if (loam_tuple_len(form) != count + 1)
        return FAIL(LOAM_ERR_TYPE, "%" PRId64 " arguments for a function of %" PRId64, loam_tuple_len(form) - 1, count);
    for (int64_t i = 0; where && i < count; i++) {
        loam_value name = loam_tuple_get_peek(callee->parameters, i);
        if (loam_dict_set(where->variables, name, LOAM_TAKE(evaluate_part(f, form, i + 1))) < 0)
            return LOAM_UNSET;
    }
    if (!where)
        return LOAM_UNSET;
    scope *old_where = f->where;
    function *old_running = f->running; /* `form` is of its code, and is not needed any more */
    f->where = loam_move(&where);
    f->running = loam_retain(callee);
    loam_release(old_where);
    loam_release(old_running);
    return run_body(f, callee->code, BODY);
}

static loam_value call_primitive(frame *f, const builtin *callee, loam_tuple *form)
{
    arguments a = {.operation = callee->operation};
    int64_t given = loam_tuple_len(form) - 1;
    loam_value result = LOAM_UNSET;

    if (given < callee->least || given > callee->most)
        return FAIL(LOAM_ERR_TYPE, "%" PRId64 " arguments for %s", given, callee->name);
    while (a.count < given) {
        a.values[a.count] = evaluate_part(f, form, a.count + 1);
        if (loam_is_unset(a.values[a.count]))
            break;
        a.count++;
    }
    if (a.count == given)
        result = callee->call(&a);
    while (a.count)
        loam_release(a.values[--a.count]);
    return result;
}

/* Gives the value of the form, or sets f->next. */
static loam_value step(frame *f, loam_tuple *form)
{
    loam_auto_value loam_value callee = evaluate_part(f, form, 0);
    const builtin *is;
    if (loam_is(callee, &function_type))
        return call_function(f, loam_to_peek(callee, &function_type), form);
    if (!loam_is(callee, &primitive_type))
        return loam_is_unset(callee) ? LOAM_UNSET : FAIL(LOAM_ERR_TYPE, "this is no function");
    is = ((primitive *)loam_to_peek(callee, &primitive_type))->is;
    return is->form ? is->form(f, form) : call_primitive(f, is, form);
}

/* The value of `code`, which the caller holds: a new reference, or unset. */
static loam_value evaluate(loam_value code, scope *where, int depth)
{
    frame f = {.where = loam_retain(where), .next = code, .depth = depth};
    loam_value value = LOAM_UNSET;

    while (!loam_is_unset(f.next)) {
        code = loam_move_value(&f.next);
        if (depth > MOST_NESTED)
            value = FAIL(LOAM_ERR_RECURSION, "calls are nested too deeply");
        else if (loam_is_tuple(code))
            value = step(&f, loam_to_tuple_peek(code));
        else if (loam_is_str(code))
            look_up(f.where, code, &value);
        else
            value = loam_retain_value(code);
    }
    loam_release(f.where);
    loam_release(f.running);
    return value;
}

/* What is built in. */

static loam_value calculate_integers(char operation, int64_t x, int64_t y)
{
    int64_t z = 0;
    bool overflows = operation == '+'   ? __builtin_add_overflow(x, y, &z)
                     : operation == '-' ? __builtin_sub_overflow(x, y, &z)
                     : operation == '*' ? __builtin_mul_overflow(x, y, &z)
                                        : y == -1 && x == INT64_MIN;
    if (overflows)
        return FAIL(LOAM_ERR_OVERFLOW, "the result does not fit into 64 bits");
    if (operation == '%' && !y)
        return FAIL(LOAM_ERR_VALUE, "division by zero");
    return LOAM_VAL(operation == '%' ? x % y : z);
}

/* Of two numbers. `%` is for integers, and `/` always gives a double. */
static loam_value calculate(const arguments *a)
{
    char op = a->operation;
    int64_t m = 0, n = 0;
    double x = 0, y = 0;

    if (op != '/' && loam_is_int(a->values[0]) && loam_is_int(a->values[1]) &&
        loam_to_int(a->values[0], &m) == LOAM_OK && loam_to_int(a->values[1], &n) == LOAM_OK)
        return calculate_integers(op, m, n);
    if (op == '%' || loam_to_double(a->values[0], &x) < 0 || loam_to_double(a->values[1], &y) < 0)
        return FAIL(LOAM_ERR_TYPE, "%c is not for these", op);
    if (op == '/' && y == 0)
        return FAIL(LOAM_ERR_VALUE, "division by zero");
    return LOAM_VAL(op == '+' ? x + y : op == '-' ? x - y : op == '*' ? x * y : x / y);
}

static loam_value compare(const arguments *a)
{
    int order;
    if (a->operation == '=') {
        order = loam_equal(a->values[0], a->values[1]);
        return order < 0 ? LOAM_UNSET : loam_bool(order);
    }
    return loam_compare(a->values[0], a->values[1], &order) < 0 ? LOAM_UNSET : loam_bool(order == -1);
}

static loam_value list(const arguments *a)
{
    return loam_from(loam_tuple_new(a->values, (size_t)a->count));
}

/* (item list index), and (slice x start) of a list or a text. */
static loam_value item_or_slice(const arguments *a)
{
    loam_value x = a->values[0];
    int64_t index;
    if (loam_to_int(a->values[1], &index) < 0)
        return LOAM_UNSET;
    if (a->operation == 'i')
        return loam_tuple_get(loam_to_tuple_peek(x), index);
    return loam_is_str(x) ? loam_from(loam_str_slice(loam_to_str_peek(x), index, LOAM_OMIT, 1))
                          : loam_from(loam_tuple_slice(loam_to_tuple_peek(x), index, LOAM_OMIT, 1));
}

static loam_value length(const arguments *a)
{
    int64_t len = loam_len(a->values[0]);
    return len < 0 ? LOAM_UNSET : LOAM_VAL(len);
}

/* One list of the items of all. */
static loam_value append(const arguments *a)
{
    loam_auto loam_list *all = loam_list_new();
    for (int i = 0; i < a->count; i++)
        if (loam_list_extend(all, a->values[i]) < 0)
            return LOAM_UNSET;
    return loam_from(loam_tuple_from(loam_from(all)));
}

/* One text of all arguments. */
static loam_value text(const arguments *a)
{
    loam_auto loam_str *all = loam_str_new("");
    for (int i = 0; all && i < a->count; i++) {
        loam_auto loam_str *before = loam_move(&all);
        loam_auto loam_str *one = loam_str_of(a->values[i]);
        all = one ? loam_str_format("%s%s", loam_str_chars_peek(before), loam_str_chars_peek(one)) : NULL;
    }
    return loam_from(loam_move(&all));
}

static loam_value print_or_fail(const arguments *a)
{
    loam_auto_value loam_value all = text(a);
    if (a->operation == 'e' && !loam_is_unset(all))
        return FAIL(LOAM_ERR_VALUE, "%s", loam_str_chars_peek(loam_to_str_peek(all)));
    return loam_println(all) < 0 ? LOAM_UNSET : LOAM_NONE;
}

static loam_value bytes_in_use(const arguments *a)
{
    (void)a;
    return LOAM_VAL(loam_gc_get_bytes());
}

static const builtin builtins[] = {
    {.name = "quote", .form = form_quote},
    {.name = "if", .form = form_if},
    {.name = "define", .form = form_define},
    {.name = "set!", .form = form_set},
    {.name = "lambda", .form = form_lambda},
    {.name = "+", 2, 2, .call = calculate, .operation = '+'},
    {.name = "-", 2, 2, .call = calculate, .operation = '-'},
    {.name = "*", 2, 2, .call = calculate, .operation = '*'},
    {.name = "/", 2, 2, .call = calculate, .operation = '/'},
    {.name = "%", 2, 2, .call = calculate, .operation = '%'},
    {.name = "=", 2, 2, .call = compare, .operation = '='},
    {.name = "<", 2, 2, .call = compare, .operation = '<'},
    {.name = "list", 0, MOST_ARGUMENTS, .call = list},
    {.name = "item", 2, 2, .call = item_or_slice, .operation = 'i'},
    {.name = "slice", 2, 2, .call = item_or_slice, .operation = 's'},
    {.name = "length", 1, 1, .call = length},
    {.name = "append", 0, MOST_ARGUMENTS, .call = append},
    {.name = "text", 0, MOST_ARGUMENTS, .call = text},
    {.name = "print", 0, MOST_ARGUMENTS, .call = print_or_fail, .operation = 'p'},
    {.name = "error", 0, MOST_ARGUMENTS, .call = print_or_fail, .operation = 'e'},
    {.name = "memory", .call = bytes_in_use},
};

/* Forms go among the words that the reader knows, where evaluate() need not look for them, functions into the scope. */
static loam_status define_builtins(loam_dict *words, scope *globals)
{
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        loam_auto primitive *p = loam_new(&primitive_type);
        if (!p || loam_dict_set(builtins[i].form ? words : globals->variables, builtins[i].name, loam_from(p)) < 0)
            return loam_error()->status;
        p->is = &builtins[i];
    }
    return LOAM_OK;
}

/* The REPL. */

/* Read an expression, evaluate it, print its value unless that is None. LOAM_DONE: the input has ended. */
static loam_status run_one(FILE *in, loam_dict *words, scope *globals)
{
    reader r = {.in = in, .words = words};
    int c = next_char(in);
    loam_auto_value loam_value code = LOAM_UNSET;
    loam_auto_value loam_value value = LOAM_UNSET;
    loam_auto loam_str *shown = NULL;

    if (c == EOF)
        return LOAM_DONE;
    code = read_from(&r, c);
    if (loam_is_unset(code)) { /* what is left of the line begins no expression */
        while (c != '\n' && c != EOF)
            c = getc(in);
        return loam_error()->status;
    }
    value = evaluate(code, globals, 0);
    shown = loam_repr(value);
    return loam_is_none(value) ? LOAM_OK : loam_println(loam_from(shown));
}

static int repl(FILE *in)
{
    loam_auto loam_dict *words = loam_dict_of("None", LOAM_NONE, "True", LOAM_TRUE, "False", LOAM_FALSE);
    loam_auto scope *globals = scope_new(NULL);
    loam_status st = LOAM_OK;

    if (!words || !globals || define_builtins(words, globals) < 0)
        return loam_perror("lisp");
    while (st != LOAM_DONE) {
        if (isatty(fileno(in)) == 1)
            printf("> ");
        fflush(stdout);
        st = run_one(in, words, globals);
        if (st < 0)
            printf("error: %s\n", loam_error()->text);
        loam_error_clear();
    }
    return ferror(stdout) != 0;
}

static void report_cycles(void)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
    loam_gc_get_stats(stats);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        fprintf(stderr, "lisp: %s found %" PRId64 " objects in dropped cycles\n", loam_gc_name(),
                stats[0].collected + stats[1].collected + stats[2].collected);
}

int main(void)
{
    loam_heap *heap = loam_heap_new();
    int status;
    if (loam_heap_enter(heap) < 0)
        return loam_perror("lisp");
    status = repl(stdin);
    loam_gc_collect(2);
    report_cycles();
    if (loam_heap_leave(heap) < 0 || loam_heap_free(heap) < 0)
        return loam_perror("lisp: not all was released");
    return status;
}

/*
 * The oracle's side in C: runs sequences of operations, read as lines, through loam's public API and writes an answer
 * for each; model.py says what an answer is, values.py what a line is. What the operations are stands in table.py, of
 * which oracle.py makes operations.h.
 *
 *     driver [-l] [-n] < sequences > answers
 *
 * -l: every answer is flushed, for a sequence that crashes. -n: nothing may be left when a sequence ends, which asks
 * for sequences without cycles.
 *
 * Register n holds the result of step n of a sequence, unset if it has none.
 */
#include <loam.h>
#include <loam/testing.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Containers of more than HEAVY items are counted in answers, and written at the end of a sequence, as in model.py. */
enum { MOST_ARGUMENTS = 5, MOST_STEPS = 4096, HEAVY = 400 };

typedef struct argument {
    loam_value value; /* a reference; also what a key is made of */
    int64_t integer;
    uint64_t natural;
    loam_key key;
    const char *name; /* a C string, or a callback's name */
} argument;

typedef struct call {
    argument arguments[MOST_ARGUMENTS];
    size_t count;
    loam_value result; /* a reference, the register's */
} call;

static loam_value registers[MOST_STEPS];
static char *words; /* what is left of the line */

static void die(const char *what)
{
    fflush(stdout);
    fprintf(stderr, "driver: %s\n", what);
    exit(3);
}

/* Reading. */

static char *next_word(void)
{
    char *word = words;

    if (!word)
        die("a line is too short");
    words = strchr(word, ' ');
    if (words)
        *words++ = '\0';
    return word;
}

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The bytes that hexadecimal digits mean, in place of the digits. */
static loam_view unhex(char *digits)
{
    size_t len = 0;

    for (; digits[2 * len]; len++)
        digits[len] = (char)(nibble(digits[2 * len]) << 4 | nibble(digits[2 * len + 1]));
    digits[len] = '\0';
    return (loam_view){digits, len};
}

static loam_value read_value(void);

/* `count` items, of a dict its keys and values in turn. They come by way of a list, where every collector sees them. */
static loam_value read_container(char kind, size_t count)
{
    loam_list *list = loam_list_new();
    loam_value result = LOAM_UNSET;

    for (size_t i = 0; i < count; i++)
        if (loam_list_append_take(list, read_value()) < 0)
            die("a literal could not be made");
    if (kind == 'L')
        return loam_from(list);
    if (kind == 'T') {
        result = loam_from(loam_tuple_from(loam_from(list)));
    } else if (kind != 'D') {
        result = kind == 'S' ? loam_from(loam_set_from(loam_from(list)))
                             : loam_from(loam_frozenset_from(loam_from(list)));
        if (loam_is_unset(result))
            die("a literal could not be made");
    } else {
        loam_dict *dict = loam_dict_new();
        for (size_t i = 0; i < count; i += 2)
            if ((loam_dict_set)(dict, loam_list_get_peek(list, (int64_t)i), loam_list_get_peek(list, (int64_t)i + 1)) <
                0)
                die("a literal could not be made");
        result = loam_from(dict);
    }
    loam_release(list);
    return result;
}

static size_t register_number(const char *digits)
{
    size_t number = strtoull(digits, NULL, 10);

    if (number >= MOST_STEPS)
        die("a sequence is too long");
    return number;
}

/* A new reference. */
static loam_value read_value(void)
{
    char *word = next_word();
    loam_view view;

    switch (*word) {
    case 'n':
        return LOAM_NONE;
    case 't':
        return LOAM_TRUE;
    case 'f':
        return LOAM_FALSE;
    case 'i':
        return loam_int(strtoll(word + 1, NULL, 10));
    case 'd':
        return loam_double(strtod(word + 1, NULL));
    case 's':
        view = unhex(word + 1);
        return loam_from(loam_str_from(view.data, view.len));
    case 'b':
        view = unhex(word + 1);
        return loam_from(loam_bytes_from(view.data, view.len));
    case 'r':
        return loam_retain_value(registers[register_number(word + 1)]);
    default:
        return read_container(*word, strtoull(word + 1, NULL, 10));
    }
}

static void read_key(argument *a)
{
    char *word = next_word();

    switch (*word) {
    case 'v':
        a->value = read_value();
        a->key = loam__key_value(a->value);
        break;
    case 'I':
        a->key = loam__key_int(strtoll(word + 1, NULL, 10));
        break;
    case 'U':
        a->key = loam__key_uint(strtoull(word + 1, NULL, 10));
        break;
    case 'C':
        a->key = loam__key_chars(unhex(word + 1).data);
        break;
    default:
        a->key = loam__key_view(unhex(word + 1));
    }
}

/* `kind`: v a value, k a key, i an int64, u a uint64, c a C string, f the name of a callback. */
static void read_argument(argument *a, char kind)
{
    char *word;

    *a = (argument){.value = LOAM_UNSET};
    if (kind == 'v') {
        a->value = read_value();
        return;
    }
    if (kind == 'k') {
        read_key(a);
        return;
    }
    word = next_word();
    if (kind == 'i')
        a->integer = strcmp(word, "-") == 0 ? LOAM_OMIT : strtoll(word, NULL, 10);
    else if (kind == 'u')
        a->natural = strtoull(word, NULL, 10);
    else
        a->name = kind == 'c' ? unhex(word + 1).data : word;
}

/* Answers. */

static void print_repr(loam_value value)
{
    loam_str *text = loam_is_iter(value) ? loam_str_new("<iter>") : loam_repr(value);

    putchar('\t');
    if (text)
        fwrite(loam_str_view_peek(text).data, 1, loam_str_view_peek(text).len, stdout);
    else
        printf("no repr: %s", loam_error()->text);
    loam_release(text);
}

static bool is_heavy(loam_value value)
{
    bool is_container = loam_is_list(value) || loam_is_tuple(value) || loam_is_deque(value) || loam_is_dict(value) ||
                        loam_is_set(value) || loam_is_frozenset(value) || loam_is_dict_view(value);

    return is_container && loam_len(value) > HEAVY;
}

static void print_value(loam_value value)
{
    if (is_heavy(value))
        printf("\t<%lld items>", (long long)loam_len(value));
    else
        print_repr(value);
}

static const char *name_of_status(loam_status status)
{
    static const char prefix[] = "LOAM_ERR_";

    switch (status) {
#define NAME(name, number, text)                                                                                       \
    case name:                                                                                                         \
        return strncmp(#name, prefix, sizeof prefix - 1) == 0 ? &#name[sizeof prefix - 1] : #name;
        LOAM_STATUSES(NAME)
#undef NAME
    }
    return "no status at all";
}

static void answer_status(call *c, loam_status status)
{
    (void)c;
    if (status >= 0)
        fputs(status == LOAM_OK ? "ok" : status == LOAM_MISSING ? "missing" : "done", stdout);
    else if (loam_error()->status != status || !*loam_error()->text)
        printf("%s, but loam_error() says %s: %s", name_of_status(status), name_of_status(loam_error()->status),
               loam_error()->text);
    else
        fputs(name_of_status(status), stdout);
}

/* Takes the reference. */
static void answer_value(call *c, loam_value value)
{
    answer_status(c, loam_is_unset(value) ? loam_error()->status : LOAM_OK);
    if (loam_is_unset(value)) {
        if (loam_error()->status == LOAM_OK)
            fputs(", and yet there is no result", stdout);
        return;
    }
    print_value(value);
    c->result = value;
}

static void answer_borrowed(call *c, loam_value value)
{
    answer_value(c, loam_retain_value(value));
}

static void answer_handle(call *c, void *handle)
{
    answer_value(c, loam_from(handle));
}

static void answer_number(call *c, int64_t number)
{
    if (number < 0)
        answer_status(c, (loam_status)number);
    else
        answer_value(c, loam_int(number));
}

static void answer_truth(call *c, int truth)
{
    if (truth < 0)
        answer_status(c, (loam_status)truth);
    else
        answer_value(c, truth > 1 ? loam_int(truth) : loam_bool(truth));
}

/* The answers of functions with an `out`: `value` is its, and a reference if `status` is LOAM_OK. */
static void answer_out(call *c, loam_status status, loam_value value)
{
    if (status == LOAM_OK)
        answer_value(c, value);
    else
        answer_status(c, status);
}

static void *iter_of(loam_value value)
{
    if (!loam_is_iter(value))
        die("not an iterator");
    return (void *)(uintptr_t)value.word;
}

#include "operations.h"

static const operation *find_operation(const char *name)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    die(name);
    return NULL;
}

static void run_operation(const char *name, size_t number)
{
    const operation *o = find_operation(name);
    call c = {.result = LOAM_UNSET};

    for (; o->kinds[c.count]; c.count++)
        read_argument(&c.arguments[c.count], o->kinds[c.count]);
    loam_error_clear();
    o->run(&c);
    if (o->touches)
        print_value(c.arguments[0].value);
    for (size_t i = 0; i < c.count; i++)
        loam_unset(&c.arguments[i].value);
    registers[number] = c.result;
}

static void drop(void)
{
    fputs("ok", stdout);
    while (words)
        loam_unset(&registers[register_number(next_word())]);
}

static void dump(void)
{
    fputs("ok", stdout);
    while (words)
        print_repr(registers[register_number(next_word())]);
}

static void run_line(char *line, size_t number)
{
    char *name;

    if (number >= MOST_STEPS)
        die("a sequence is too long");
    words = line;
    name = next_word();
    if (strcmp(name, "drop") == 0)
        drop();
    else if (strcmp(name, "dump") == 0)
        dump();
    else
        run_operation(name, number);
    putchar('\n');
}

static void run_sequence(char **line, size_t *capacity, bool flush_all)
{
    size_t steps = 0;
    ssize_t len;

    for (; (len = getline(line, capacity, stdin)) > 0 && **line != '.'; steps++) {
        (*line)[len - 1] = '\0';
        run_line(*line, steps);
        if (flush_all)
            fflush(stdout);
    }
    for (size_t i = 0; i < steps; i++)
        loam_unset(&registers[i]);
}

int main(int argc, char **argv)
{
    /* What contains itself is compared until the stack ends: let that be soon. */
    static const struct rlimit stack = {1 << 20, 1 << 20};
    bool flush_all = false;
    bool nothing_left = false;
    char *line = NULL;
    size_t capacity = 0;

    for (int i = 1; i < argc; i++) {
        flush_all = flush_all || strcmp(argv[i], "-l") == 0;
        nothing_left = nothing_left || strcmp(argv[i], "-n") == 0;
    }
    setrlimit(RLIMIT_STACK, &stack);
    while (!feof(stdin)) {
        if (nothing_left)
            LOAM_ASSERT_NO_LEAKS
            {
                run_sequence(&line, &capacity, flush_all);
            }
        else
            run_sequence(&line, &capacity, flush_all);
        if (!feof(stdin)) {
            fputs(line, stdout); /* the end of a sequence and its name */
            fflush(stdout);
        }
    }
    free(line);
    return ferror(stdout) ? 2 : 0;
}

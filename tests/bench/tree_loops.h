/*
 * binary-trees of the Benchmarks Game, the same for every program in C. Before this is included a program has
 *
 *     tree                     a structure with the fields left and right
 *     tree_new(left, right)    a new one; the caller's references to both, or NULL twice, go in
 *     tree_drop(tree)          all of it
 */

static tree *bottom_up_tree(size_t depth)
{
    if (!depth)
        return tree_new(NULL, NULL);
    tree *left = bottom_up_tree(depth - 1);
    return tree_new(left, bottom_up_tree(depth - 1));
}

static uint64_t tree_check(const tree *t)
{
    return t->left ? tree_check(t->left) + tree_check(t->right) + 1 : 1;
}

static uint64_t short_lived_tree(size_t depth)
{
    tree *t = bottom_up_tree(depth);
    uint64_t check = tree_check(t);
    tree_drop(t);
    return check;
}

/* How many nodes it has made. */
static uint64_t binary_trees(size_t n)
{
    enum { LEAST = 4 };
    uint64_t nodes = short_lived_tree(n + 1);
    tree *long_lived = bottom_up_tree(n);
    for (size_t depth = LEAST; depth <= n; depth += 2)
        for (size_t i = (size_t)1 << (n - depth + LEAST); i; i--)
            nodes += short_lived_tree(depth);
    nodes += tree_check(long_lived);
    tree_drop(long_lived);
    return nodes;
}

enum { BENCH_SECOND = 1000000000 };

static void time_binary_trees(size_t n)
{
    bench_samples s = bench_begin();
    for (int r = 3; r; r--) {
        bench_start(&s);
        uint64_t nodes = binary_trees(n);
        bench_stop(&s, BENCH_SECOND);
        bench_answer(&s, nodes);
    }
    bench_print("time", &s);
}

/*
 * Configuration with defaults: where a key is missing the variable keeps what it has; where its value is of another
 * type that is a failure, which names the key.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

struct config {
    int64_t port;
    const char *host; /* lent by the dict it came from */
};

static loam_status read_config(loam_dict *d, struct config *c)
{
    *c = (struct config){.port = 8080, .host = "localhost"};
    if (loam_dict_find_int(d, "port", &c->port) < 0 || loam_dict_find_chars_peek(d, "host", &c->host) < 0)
        return loam_error()->status;
    return LOAM_OK;
}

int main(void)
{
    loam_auto loam_dict *partial = loam_dict_of("host", "example.org");
    loam_auto loam_dict *wrong = loam_dict_of("port", "https");
    struct config c;
    if (read_config(partial, &c) < 0)
        return loam_perror("config");
    printf("%s:%" PRId64 "\n", c.host, c.port);
    if (read_config(wrong, &c) != LOAM_ERR_TYPE)
        return loam_perror("config");
    printf("%s\n", loam_error()->text);
    return 0;
}

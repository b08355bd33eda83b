/* Any bytes as an address: what is taken is safe on the wire and its own normal form. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/address.h"

static void check_wire(const char *text)
{
    size_t len = strlen(text);
    assert(utf8_valid(text, len, NULL));
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        assert(byte > 0x20 && byte != 0x7F && byte != '<' && byte != '>');
    }
}

static void check_address(const struct address *address)
{
    struct address again, folded;
    struct failure why = {0};
    check_wire(address->normal);
    check_wire(address->key);
    assert(strlen(address->normal) <= ADDRESS_MAX);
    assert(address->at >= 1 && address->at <= 64 && address->normal[address->at] == '@');
    assert(strchr(address->normal + address->at, '.') != NULL);
    bool good = address_parse(address->normal, &again, &why);
    assert(good);
    assert(strcmp(again.normal, address->normal) == 0 && strcmp(again.key, address->key) == 0);
    /* Folding may make the local part too long to be an address; else it is one with that key. */
    if (address_parse(address->key, &folded, &why)) {
        assert(strcmp(folded.key, address->key) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct address address;
    struct failure why = {0};
    char domain[ADDRESS_MAX + 1], again[ADDRESS_MAX + 1], name[256];
    const char *text = arena_copy_bytes(&arena, (const char *)data, size);
    if (address_parse(text, &address, &why)) {
        check_address(&address);
    }
    if (address_domain(text, domain, &why)) {
        bool good = address_domain(domain, again, &why);
        assert(good && strcmp(domain, again) == 0);
        check_wire(domain);
    }
    if (address_parse_mailbox(text, name, &address, &why)) {
        check_address(&address);
        assert(utf8_valid(name, strlen(name), NULL));
        assert(strchr(name, '\r') == NULL && strchr(name, '\n') == NULL);
    }
    arena_free(&arena);
    return 0;
}

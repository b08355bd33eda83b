#include "cmd/libraries.h"

#include <archive.h>
#include <cmark.h>
#include <curl/curl.h>
#include <idn2.h>
#include <jansson.h>
#include <libetpan/libetpan_version.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <seccomp.h>
#include <sqlite3.h>
#include <unicode/uversion.h>
#include <unistring/version.h>

static const char *name_icu(struct arena *arena)
{
    UVersionInfo version;
    char text[U_MAX_VERSION_STRING_LENGTH];
    u_getVersion(version);
    u_versionToString(version, text);
    return arena_copy(arena, text);
}

static const char *name_seccomp(struct arena *arena)
{
    const struct scmp_version *version = seccomp_version();
    return arena_format(arena, "%u.%u.%u", version->major, version->minor, version->micro);
}

void libraries_tell(struct arena *arena, struct value *object)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    int unistring = _libunistring_version;
    const char *const rows[][2] = {
        {"icu", name_icu(arena)},
        {"jansson", jansson_version_str()},
        {"libarchive", archive_version_string() + sizeof "libarchive"},
        {"libcmark", cmark_version_string()},
        {"libcrypto", OpenSSL_version(OPENSSL_VERSION_STRING)},
        {"libcurl", curl->version},
        {"libcurl_tls", curl->ssl_version != NULL ? curl->ssl_version : "none"},
        {"libetpan",
         arena_format(arena, "%d.%d", libetpan_get_version_major(), libetpan_get_version_minor())},
        {"libidn2", idn2_check_version(NULL)},
        {"libmicrohttpd", MHD_get_version()},
        {"libseccomp", name_seccomp(arena)},
        {"libunistring",
         arena_format(arena, "%d.%d.%d", unistring >> 16, unistring >> 8 & 0xFF, unistring & 0xFF)},
        {"sqlite", sqlite3_libversion()},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        value_set_text(arena, object, rows[i][0], rows[i][1]);
    }
}

// ring's C code, as it is built for Android, needs four headers, and of them this much.
#pragma once
#define assert(x) ((void)0)
#define static_assert _Static_assert

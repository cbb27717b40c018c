// LLVM's unwinder as Debian builds it, for glibc, asks its C library for these names, and bionic lacks them.
#define HIDDEN __attribute__((visibility("hidden")))

int *__errno(void);
_Noreturn void abort(void);

HIDDEN int *__errno_location(void) { return __errno(); }

// It prints what is wrong before it gives up; nobody reads that on a phone.
HIDDEN int __fprintf_chk(void *file, int flag, const char *format, ...) { return 0; }

HIDDEN _Noreturn void __assert_fail(const char *what, const char *file, unsigned line, const char *function) { abort(); }

// The unwinder's own canary; the rest of the library has no C of its own that asks for one. On x86_64 it lies in the
// thread's block, in bionic as in glibc.
#ifndef __x86_64__
HIDDEN unsigned long __stack_chk_guard = 0x0a0d7761;
#endif

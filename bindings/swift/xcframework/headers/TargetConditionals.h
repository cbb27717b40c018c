// ring's C code asks for this header of Apple's, and of it for no more than that. The other headers that it needs are
// those of Android's build.
#pragma once
#define TARGET_OS_MAC 1
#define TARGET_OS_OSX 0
#define TARGET_OS_IPHONE 1
#define TARGET_OS_IOS 1

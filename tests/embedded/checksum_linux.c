#include <stdio.h>

#include "checksum.h"

int main(void) {
    printf("%08x\n", (unsigned)checksum());
    return 0;
}

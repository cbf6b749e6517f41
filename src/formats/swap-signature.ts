/** What stands in the last ten bytes of a swap area's first page while a system sleeps in it (libblkid, swap.c). */
const signatures: readonly string[] = ['S1SUSPEND', 'S2SUSPEND', 'ULSUSPEND', 'LINHIB0001'];
const signatureBytes = 10;
/** TuxOnIce left the page's end alone, and began the area with this. */
const tuxOnIce = '\xed\xc3\x02\xe9\x98\x56\xe5\x0c';
/** x86 has pages of 4 KiB; Raspberry Pi 5 of 16, some ARM servers of 64. */
const pageSizes: readonly number[] = [4096, 8192, 16_384, 32_768, 65_536];

/** How much of a swap area has to be read. */
export const swapHeadBytes = 65_536;

/** Whether a swap area of which this is the beginning holds a sleeping system. */
export const isSleepingSwap = (head: Uint8Array): boolean => {
  const textAt = (from: number, to: number) => Buffer.from(head.subarray(from, to)).toString('latin1');
  if (textAt(0, tuxOnIce.length) === tuxOnIce) return true;
  const ends = pageSizes.map((pageSize) => textAt(pageSize - signatureBytes, pageSize));
  return ends.some((end) => signatures.some((signature) => end.startsWith(signature)));
};

"""dask_table.py [MEGAPIXELS...]: time and memory of sepflow.dask.filter against the image's size,
with 1 and 2 worker processes of one thread each. Images are made chunk by chunk and results summed
chunk by chunk, so neither is ever whole; the time of that alone is the column "without". Memory is
the most that any worker held; "whole" what the image and the result are."""

import resource
import statistics
import sys
import tempfile
import time

import dask.array as da
import numpy as np
from distributed import Client, LocalCluster

import sepflow.dask

CHUNK, KERNEL, RUNS = 2048, "gaussian 5", 3


def made(run, block_info=None):
    """A picture that is cheap to make, differs everywhere, and in every run: a cluster remembers
    results."""
    (top, bottom), (left, right) = block_info[None]["array-location"]
    y, x = np.ogrid[top:bottom, left:right]
    return ((x * 7 + y * 13 + run) % 251).astype("f4")


def peak(_=None):
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def seconds(client, make, first):
    def once(run):
        array = make(run)
        start = time.perf_counter()
        client.compute(array.map_blocks(lambda block: block.sum(keepdims=True), dtype="f4",
                                        chunks=tuple((1,) * len(c) for c in array.chunks)).sum()).result()
        return time.perf_counter() - start

    return statistics.median(once(first + run) for run in range(RUNS))


def row(workers, side):
    with tempfile.TemporaryDirectory() as folder, \
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, local_directory=folder) as cluster, \
            Client(cluster) as client:
        tiles = -(-side // CHUNK)

        def image_of(run):
            return da.map_blocks(made, run, chunks=((CHUNK,) * tiles,) * 2, dtype="f4")

        image = image_of(0)
        empty = max(client.run(peak).values())
        without = seconds(client, image_of, 0)
        filtered = seconds(client, lambda run: sepflow.dask.filter(image_of(run), KERNEL), RUNS)
        held = max(client.run(peak).values())
        whole = 2 * image.nbytes
        print(f"| {image.shape[1]} x {image.shape[0]} | {workers} | {filtered:.2f} | {without:.2f} "
              f"| {(filtered - without) * 1e9 / image.size:.2f} | {held / 2**20:.0f} | {empty / 2**20:.0f} | {whole / 2**20:.0f} |",
              flush=True)


def main():
    print(f"f32, {KERNEL}, chunks of {CHUNK} x {CHUNK}, medians of {RUNS}; MiB, seconds\n")
    print("| pixels | workers | time | without | ns a pixel | a worker held | at start | whole |\n|---|---|---|---|---|---|---|---|")
    for megapixels in [int(word) for word in sys.argv[1:]] or [16, 64, 256, 1024]:
        for workers in (1, 2):
            row(workers, int((megapixels * 2**20) ** 0.5))


if __name__ == "__main__":
    main()

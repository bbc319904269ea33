"""The rival of the cluster: streamz on Dask, the same pipelines. Prints a line "case value" for each."""
import sys
import time

import numpy
from distributed import Client
from streamz import Stream


def increment(x):
    return x + 1


def increment_all(xs):
    return [x + 1 for x in xs]


def work(x):
    end = time.process_time() + 0.005
    while time.process_time() < end:
        pass
    return x


def run(function, elements, buffer, check=None):
    source = Stream()
    results = []
    source.scatter().map(function).buffer(buffer).gather().sink(results.append)
    start = time.perf_counter()
    for element in elements:
        source.emit(element)
    while len(results) < len(elements):
        time.sleep(0.001)
    seconds = time.perf_counter() - start
    assert check is None or check(results), "wrong results"
    return seconds


def rate(name, count, seconds):
    print(name, count / seconds, flush=True)


def latency(client, rounds):
    times = []
    source = Stream()
    done = []
    source.scatter().map(increment).gather().sink(done.append)
    for x in range(rounds):
        start = time.perf_counter()
        source.emit(x)
        while len(done) <= x:
            time.sleep(0.00005)
        times.append(time.perf_counter() - start)
    times.sort()
    print("latency", 1e6 * times[len(times) // 2], flush=True)


def main():
    processes = int(sys.argv[1])
    client = (
        Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None)
        if processes == 0
        else Client(processes=True, n_workers=processes, threads_per_worker=1, dashboard_address=None)
    )
    with client:
        run(increment, range(50), 5)
        count = 400
        in_order = lambda results: results == list(range(1, count + 1))
        rate("buffer5", count, run(increment, range(count), 5, in_order))
        rate("buffer100", count, run(increment, range(count), 100, in_order))
        latency(client, 100)
        chunks = [list(range(1000)) for _ in range(60)]
        rate("chunks", 60 * 1000, run(increment_all, chunks, 5))
        arrays = [numpy.arange(1000) for _ in range(100)]
        rate("numpychunks", 100 * 1000, run(increment, arrays, 5))
        large = [numpy.arange(125_000, dtype=float) for _ in range(60)]
        rate("megabytes", 60, run(increment, large, 5))
        rate("work", 200, run(work, range(200), 20))


if __name__ == "__main__":
    main()

"""Runs cases through python-streamz: a request in JSON on a line of the input, the answer on a line of the output.

A request names a case and lists its inputs, each with the number of the source that it is emitted into; the answer lists what came out.
"""
import json
import sys

try:
    import streamz
    from streamz import Stream
except ImportError:
    sys.exit(3)


def sources(count):
    return [Stream() for _ in range(count)]


def running_max(state, x):
    state = max(state, x)
    return state, state - x


# Each case gets as many sources as it asks for, and gives the node that is compared with ours.
CASES = {
    "map": (1, lambda a: a.map(lambda x: 2 * x + 1)),
    "starmap": (1, lambda a: a.map(tuple).starmap(lambda x, y, z: x + 10 * y + 100 * z)),
    "filter": (1, lambda a: a.filter(lambda x: x % 2 == 0)),
    "filter_none": (1, lambda a: a.filter(None)),
    "remove": (1, lambda a: a.remove(lambda x: x % 3 == 0)),
    "accumulate": (1, lambda a: a.accumulate(lambda total, x: total + x)),
    "accumulate_start": (1, lambda a: a.accumulate(lambda total, x: (2 * total + x) % 1000, start=7)),
    "accumulate_state": (1, lambda a: a.accumulate(running_max, start=-1, returns_state=True)),
    "scan": (1, lambda a: a.scan(lambda total, x: (3 * total + x) % 1000)),
    "flatten": (1, lambda a: a.flatten()),
    "partition": (1, lambda a: a.partition(3)),
    "partition_key": (1, lambda a: a.partition(2, key=lambda x: x % 3)),
    "partition_one": (1, lambda a: a.partition(1)),
    "sliding_window": (1, lambda a: a.sliding_window(3)),
    "sliding_window_full": (1, lambda a: a.sliding_window(4, return_partial=False)),
    "zip": (2, lambda a, b: a.zip(b)),
    "zip_three": (3, lambda a, b, c: a.zip(b, c)),
    "zip_same": (1, lambda a: a.zip(a.map(lambda x: -x))),
    "zip_literals": (2, lambda a, b: a.zip(b, "then")),
    "combine_latest": (2, lambda a, b: a.combine_latest(b)),
    "combine_latest_three": (3, lambda a, b, c: a.combine_latest(b, c)),
    "combine_latest_emit_on": (2, lambda a, b: a.combine_latest(b, emit_on=0)),
    "zip_latest": (2, lambda a, b: a.zip_latest(b)),
    "zip_latest_three": (3, lambda a, b, c: a.zip_latest(b, c)),
    "union": (3, lambda a, b, c: a.union(b, c)),
    "unique": (1, lambda a: a.unique()),
    "unique_key": (1, lambda a: a.unique(key=lambda x: x % 4)),
    "unique_history": (1, lambda a: a.unique(maxsize=3)),
    "unique_last": (1, lambda a: a.unique(maxsize=1)),
    "pluck": (1, lambda a: a.pluck(1)),
    "pluck_list": (1, lambda a: a.pluck([2, 0])),
    "frequencies": (1, lambda a: a.frequencies()),
    "partition_unique": (1, lambda a: a.partition_unique(3)),
    "partition_unique_last": (1, lambda a: a.partition_unique(3, keep="last")),
    "partition_unique_key": (1, lambda a: a.partition_unique(2, key=lambda x: x % 4)),
    "fan_out": (1, lambda a: a.map(lambda x: x + 1).union(a.filter(lambda x: x % 2 == 0))),
}


def collect(a, flush):
    node = a.collect()
    flush.sink(node.flush)
    return node


CASES["collect"] = (2, collect)

for number, bounds in enumerate([(None, None, None), (1, None, None), (None, 4, None), (2, 6, None), (None, None, 2), (1, None, 2), (1, 9, 3), (3, 1, None), (None, 0, None)]):
    CASES["slice_%d" % number] = (1, lambda a, bounds=bounds: a.slice(*bounds))


def plain(value):
    """Tuples are lists in JSON, and its keys are text."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def run(request):
    count, build = CASES[request["case"]]
    inputs = sources(count)
    outputs = []
    sink = build(*inputs).sink(lambda x: outputs.append(plain(x)))
    for source, value in request["inputs"]:
        inputs[source].emit(value)
    sink.destroy()
    return outputs


def answer(value):
    # A line for each output, so that they are compared as text.
    print(json.dumps([json.dumps(each, sort_keys=True, separators=(",", ":")) for each in value]), flush=True)


answer([streamz.__version__])
for line in sys.stdin:
    answer(run(json.loads(line)))

namespace Streamz.Dataflow.Tests.Errors;

/// <summary>Fails on elements as often as it was told, and notes what it was called with.</summary>
internal sealed class Flaky(params (int Element, int Failures)[] failing)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _left = failing.ToDictionary(each => each.Element, each => each.Failures);
    private readonly List<int> _calls = [];

    public static int Always => int.MaxValue;

    /// <summary>What it throws: by default an exception that names the element.</summary>
    public Func<int, Exception> Failure { get; init; } = x => new FormatException($"bad {x}");

    /// <summary>
    /// Whether an asynchronous call goes on in the thread pool. A pipeline does not wait for that when it settles: it is user code that is awaited. Tests
    /// that move the clock do without.
    /// </summary>
    public bool Yields { get; init; } = true;

    public IReadOnlyList<int> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    public int CallsOf(int element) => Calls.Count(call => call == element);

    public int Map(int x)
    {
        lock (_gate)
        {
            _calls.Add(x);
            if (_left.TryGetValue(x, out var left) && left > 0)
            {
                _left[x] = left == Always ? left : left - 1;
                throw Failure(x);
            }
        }

        return x * 10;
    }

    public async ValueTask<int> MapAsync(int x)
    {
        if (Yields)
        {
            await Task.Yield();
        }

        return Map(x);
    }
}

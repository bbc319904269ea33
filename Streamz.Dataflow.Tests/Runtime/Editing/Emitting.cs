using System.Diagnostics;

namespace Streamz.Dataflow.Tests.Runtime.Editing;

/// <summary>Emits 0, 1, 2, … beside a test until it is told to end, so that edits fall among elements.</summary>
internal sealed class Emitting
{
    private readonly Task _loop;
    private volatile int _emitted;
    private volatile bool _ends;

    public Emitting(StreamSource<int> source) => _loop = Task.Run(() => EmitAsync(source));

    /// <summary>Waits until some more elements were accepted.</summary>
    public async Task PassAsync(int count)
    {
        var since = Stopwatch.StartNew();
        for (var until = _emitted + count; _emitted < until && !_loop.IsCompleted;)
        {
            if (since.Elapsed > Waiting.Limit)
            {
                throw new TimeoutException($"{until - _emitted} of {count} elements were not accepted.");
            }

            await Task.Yield();
        }
    }

    /// <summary>Ends, and tells how many elements were emitted.</summary>
    public async Task<int> EndAsync()
    {
        _ends = true;
        await _loop.Soon();
        return _emitted;
    }

    private async Task EmitAsync(StreamSource<int> source)
    {
        while (!_ends)
        {
            await source.EmitAsync(_emitted);
            if (++_emitted % 50 == 0)
            {
                await Task.Yield();
            }
        }
    }
}

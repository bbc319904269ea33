using System.Threading.Channels;

namespace Streamz.Dataflow.Tests.Runtime;

/// <summary>An asynchronous delegate that lets elements through one by one, when the test says so.</summary>
internal sealed class Turnstile
{
    private readonly Channel<int> _turns = Channel.CreateUnbounded<int>();
    private int _entered;

    /// <summary>How many elements have come to the turnstile.</summary>
    public int Entered => Volatile.Read(ref _entered);

    public async Task PassAsync()
    {
        Interlocked.Increment(ref _entered);
        while (await _turns.Reader.WaitToReadAsync() && !_turns.Reader.TryRead(out _))
        {
        }
    }

    public async Task<T> PassAsync<T>(T value)
    {
        await PassAsync();
        return value;
    }

    public void LetOne() => _turns.Writer.TryWrite(0);

    public void Open() => _turns.Writer.TryComplete();
}

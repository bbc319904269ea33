using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Testing;

/// <summary>Counts, behind the operator under test, how often it ends and what comes after that.</summary>
internal sealed class EndObserver
{
    private int _ends;
    private int _late;

    public int Ends => Volatile.Read(ref _ends);

    public int ElementsAfterTheEnd => Volatile.Read(ref _late);

    public Stage<T, T> CreateStage<T>()
    {
        Volatile.Write(ref _ends, 0);
        Volatile.Write(ref _late, 0);
        return new ObservingStage<T>(this);
    }

    private sealed class ObservingStage<T>(EndObserver observer) : Stage<T, T>, IKeepsTickets
    {
        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (observer.Ends > 0)
            {
                Interlocked.Increment(ref observer._late);
            }

            return PushAsync(element);
        }

        public override ValueTask OnFlushAsync()
        {
            Interlocked.Increment(ref observer._ends);
            return default;
        }
    }
}

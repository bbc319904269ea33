using Microsoft.Extensions.Time.Testing;

namespace Streamz.Dataflow.Tests.Laws;

/// <summary>A source on a clock that moves by hand, and what arrived at the sink at which second.</summary>
internal sealed class Arrivals<TIn, TOut>
{
    private readonly List<(double Second, TOut Value)> _seen = [];
    private readonly DateTimeOffset _began;

    public Arrivals(Func<Stream<TIn>, Stream<TOut>> build, StreamOptions? options = null)
    {
        Source = new StreamSource<TIn>((options ?? new StreamOptions()) with { TimeProvider = Clock });
        _began = Clock.GetUtcNow();
        build(Source).Sink(Note);
        Pipeline = Source.Start();
    }

    public FakeTimeProvider Clock { get; } = new();

    public StreamSource<TIn> Source { get; }

    public Pipeline Pipeline { get; }

    public List<(double Second, TOut Value)> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    public IEnumerable<TOut> Values => Seen.Select(each => each.Value);

    public IEnumerable<double> Seconds => Seen.Select(each => each.Second);

    private void Note(TOut value)
    {
        lock (_seen)
        {
            _seen.Add(((Clock.GetUtcNow() - _began).TotalSeconds, value));
        }
    }
}

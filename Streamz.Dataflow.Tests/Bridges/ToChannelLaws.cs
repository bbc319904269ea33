using System.Threading.Channels;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Bridges;

[TestFixture("sync")]
[TestFixture("task")]
internal sealed class ToChannelLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => DelegateOf(variant);

    /// <summary>The channel is left open: the laws run a graph twice.</summary>
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.ToChannel(new ProbeWriter(probe, isFull: variant == "task"), complete: false);

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;

    /// <summary>A channel that takes everything at once, or everything with a wait.</summary>
    private sealed class ProbeWriter(LawProbe<int> probe, bool isFull) : ChannelWriter<int>
    {
        public override bool TryWrite(int item)
        {
            if (!isFull)
            {
                probe.Write(item);
            }

            return !isFull;
        }

        public override ValueTask WriteAsync(int item, CancellationToken cancellationToken = default) => probe.WriteAsync(item, cancellationToken);

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => new(true);

        public override bool TryComplete(Exception? error = null) => true;
    }
}

using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("sync", 1, false)]
[TestFixture("sync", 3, true)]
[TestFixture("sync", 3, false)]
[TestFixture("async", 1, true)]
[TestFixture("async", 3, true)]
[TestFixture("async", 3, false)]
internal sealed class BalanceLaws(string variant, int workers, bool ordered) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => DelegateOf(variant);

    protected override string NodeOfDelegate => "workers";

    protected override bool KeepsOrder => ordered || workers == 1;

    // The others give nothing.
    protected override int MaxInputsPerOutput => 7;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        int Quick(int value)
        {
            probe.Enter();
            return value;
        }

        async ValueTask<int> Slow(int value, CancellationToken cancellation)
        {
            await probe.EnterAsync(cancellation);
            return value;
        }

        return source.Balance(
            workers,
            worker => (variant == "sync" ? worker.Map(Quick) : worker.Map(Slow)).Flatten(value => Enumerable.Range(0, value)).Filter(item => item < 4),
            ordered,
            new NodeOptions { Name = NodeOfDelegate });
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) =>
        inputs.SelectMany(value => Enumerable.Range(0, value)).Where(item => item < 4);
}

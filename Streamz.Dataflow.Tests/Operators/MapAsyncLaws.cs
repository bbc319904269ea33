using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("task")]
[TestFixture("valuetask")]
[TestFixture("token task")]
[TestFixture("token valuetask")]
[TestFixture("task x4")]
[TestFixture("task x4 unordered")]
internal sealed class MapAsyncLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Asynchronous;

    protected override bool KeepsOrder => !variant.Contains("unordered", StringComparison.Ordinal);

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        async ValueTask<int> Quick(int value, CancellationToken cancellation)
        {
            await probe.EnterAsync(cancellation);
            return value + 1;
        }

        async Task<int> Slow(int value, CancellationToken cancellation) => await Quick(value, cancellation);

        return variant switch
        {
            "task" => source.MapAsync((int value) => Slow(value, default)),
            "valuetask" => source.MapAsync((int value) => Quick(value, default)),
            "token task" => source.MapAsync(Slow),
            "token valuetask" => source.MapAsync(Quick),
            "task x4" => source.MapAsync(Slow, maxDegreeOfParallelism: 4),
            "task x4 unordered" => source.MapAsync(Slow, maxDegreeOfParallelism: 4, ordered: false),
            _ => throw Unknown(variant),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Select(value => value + 1);
}

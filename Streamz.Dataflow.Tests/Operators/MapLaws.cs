using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("sync")]
[TestFixture("sync x3")]
[TestFixture("sync x3 unordered")]
[TestFixture("task")]
[TestFixture("valuetask")]
[TestFixture("token task")]
[TestFixture("token valuetask")]
[TestFixture("token valuetask x3")]
[TestFixture("token valuetask x3 unordered")]
internal sealed class MapLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => DelegateOf(variant);

    protected override bool KeepsOrder => !variant.Contains("unordered", StringComparison.Ordinal);

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        int Sync(int value)
        {
            probe.Enter();
            return value * 2;
        }

        async ValueTask<int> Async(int value, CancellationToken cancellation)
        {
            await probe.EnterAsync(cancellation);
            return value * 2;
        }

        async Task<int> Slow(int value, CancellationToken cancellation) => await Async(value, cancellation);

        return variant switch
        {
            "sync" => source.Map(Sync),
            "sync x3" => source.Map(Sync, maxDegreeOfParallelism: 3),
            "sync x3 unordered" => source.Map(Sync, maxDegreeOfParallelism: 3, ordered: false),
            "task" => source.Map((int value) => Slow(value, default)),
            "valuetask" => source.Map((int value) => Async(value, default)),
            "token task" => source.Map(Slow),
            "token valuetask" => source.Map(Async),
            "token valuetask x3" => source.Map(Async, maxDegreeOfParallelism: 3),
            "token valuetask x3 unordered" => source.Map(Async, maxDegreeOfParallelism: 3, ordered: false),
            _ => throw Unknown(variant),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Select(value => value * 2);
}

internal sealed class MapNullLaws : OperatorLawsTests<string?, string?>
{
    protected override IReadOnlyList<string?> Inputs => ["a", null, "b", null];

    protected override IStream Build(Stream<string?> source, LawProbe<string?> probe) => source.Map(text => text);

    protected override IEnumerable<string?> Model(IReadOnlyList<string?> inputs) => inputs;
}

using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sinks;

[TestFixture("sync")]
[TestFixture("sync x3")]
[TestFixture("task")]
[TestFixture("valuetask")]
[TestFixture("token task")]
[TestFixture("token valuetask")]
[TestFixture("token valuetask x3")]
internal sealed class SinkLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => DelegateOf(variant);

    protected override bool KeepsOrder => !variant.EndsWith("x3", StringComparison.Ordinal);

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => variant switch
    {
        "sync" => source.Sink(probe.Write),
        "sync x3" => source.Sink(probe.Write, maxDegreeOfParallelism: 3),
        "task" => source.Sink((int value) => probe.WriteAsync(value).AsTask()),
        "valuetask" => source.Sink((int value) => probe.WriteAsync(value)),
        "token task" => source.Sink((int value, CancellationToken cancellation) => probe.WriteAsync(value, cancellation).AsTask()),
        "token valuetask" => source.Sink((int value, CancellationToken cancellation) => probe.WriteAsync(value, cancellation)),
        "token valuetask x3" => source.Sink((int value, CancellationToken cancellation) => probe.WriteAsync(value, cancellation), maxDegreeOfParallelism: 3),
        _ => throw Unknown(variant),
    };

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}

internal sealed class SinkToListLaws : IntLawsTests<int>
{
    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => source.SinkToList();

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}

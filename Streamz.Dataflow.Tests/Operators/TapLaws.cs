using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("sync")]
[TestFixture("task")]
[TestFixture("valuetask")]
[TestFixture("token task")]
[TestFixture("token valuetask")]
internal sealed class TapLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => DelegateOf(variant);

    protected override IStream Build(Stream<int> source, LawProbe<int> probe) => variant switch
    {
        "sync" => source.Tap(_ => probe.Enter()),
        "task" => source.Tap((int _) => probe.EnterAsync().AsTask()),
        "valuetask" => source.Tap((int _) => probe.EnterAsync()),
        "token task" => source.Tap((int _, CancellationToken aborted) => probe.EnterAsync(aborted).AsTask()),
        "token valuetask" => source.Tap((int _, CancellationToken aborted) => probe.EnterAsync(aborted)),
        _ => throw Unknown(variant),
    };

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs;
}

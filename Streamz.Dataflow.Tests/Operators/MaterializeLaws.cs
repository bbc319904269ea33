using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class MaterializeLaws : IntLawsTests<Notification<int>>
{
    protected override IStream Build(Stream<int> source, LawProbe<Notification<int>> probe) => source.Materialize();

    protected override IEnumerable<Notification<int>> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(x => new Notification<int>(NotificationKind.Element, x, null)).Append(new Notification<int>(NotificationKind.Completed, 0, null));
}

using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("sync")]
[TestFixture("task")]
[TestFixture("valuetask")]
[TestFixture("token task")]
[TestFixture("token valuetask")]
internal sealed class RemoveLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => DelegateOf(variant);

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        async ValueTask<bool> IsEvenAsync(int value, CancellationToken cancellation)
        {
            await probe.EnterAsync(cancellation);
            return value % 2 == 0;
        }

        switch (variant)
        {
            case "sync":
                return source.Remove(value =>
                {
                    probe.Enter();
                    return value % 2 == 0;
                });
            case "task":
                return source.Remove((int value) => IsEvenAsync(value, default).AsTask());
            case "valuetask":
                return source.Remove((int value) => IsEvenAsync(value, default));
            case "token task":
                return source.Remove((int value, CancellationToken cancellation) => IsEvenAsync(value, cancellation).AsTask());
            default:
                return source.Remove(IsEvenAsync);
        }
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.Where(value => value % 2 != 0);
}

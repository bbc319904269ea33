using System.Runtime.CompilerServices;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

[TestFixture("async sequence")]
[TestFixture("async selector")]
[TestFixture("async token selector")]
[TestFixture("select many")]
internal sealed class FlattenAsyncLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => variant == "async sequence" ? LawDelegate.None : LawDelegate.Asynchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        async IAsyncEnumerable<int> Probed(int value, [EnumeratorCancellation] CancellationToken aborted = default)
        {
            await probe.EnterAsync(aborted);
            foreach (var item in Items(value))
            {
                yield return item;
            }
        }

        return variant switch
        {
            "async sequence" => source.Map(value => Items(value).ToAsyncEnumerable()).Flatten(),
            "async selector" => source.Flatten((int value) => Probed(value)),
            "async token selector" => source.Flatten(Probed),
            "select many" => from value in source from item in Probed(value) select item,
            _ => throw Unknown(variant),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.SelectMany(Items);

    // No item for 5, the default value among the others.
    private static IEnumerable<int> Items(int value) => value == 5 ? [] : Enumerable.Range(0, (value % 3) + 1);
}

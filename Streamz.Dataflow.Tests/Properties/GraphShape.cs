using FsCheck;
using FsCheck.Fluent;

namespace Streamz.Dataflow.Tests.Properties;

internal enum StepKind
{
    Map,
    Filter,
    Accumulate,
    Flatten,
    Partition,
    SlidingWindow,
    Buffer,
    Union,
    Zip,
}

/// <summary>One operator more: what, below which branch, with which other branch, and its constant.</summary>
/// <param name="Forks">Whether the branch above stays open, so that its node fans out.</param>
internal sealed record Step(StepKind Kind, int At, int Other, int N, bool Forks)
{
    public override string ToString() => $"{Kind}(at {At}, other {Other}, n {N}{(Forks ? ", fork" : "")})";
}

/// <summary>What FsCheck makes up and shrinks: the inputs of the sources, and the operators below them.</summary>
internal sealed record GraphShape(IReadOnlyList<int[]> Inputs, IReadOnlyList<Step> Steps)
{
    public static Arbitrary<GraphShape> Arbitrary { get; } = Arb.From(Shapes(), Smaller);

    public override string ToString() =>
        $"inputs: {string.Join(" and ", Inputs.Select(input => $"[{string.Join(' ', input)}]"))}\nsteps: {string.Join("; ", Steps)}";

    private static Gen<GraphShape> Shapes()
    {
        var step =
            from kind in Gen.Elements(Enum.GetValues<StepKind>())
            from at in Gen.Choose(0, 7)
            from other in Gen.Choose(0, 7)
            from n in Gen.Choose(1, 5)
            from fork in Gen.Choose(0, 2)
            select new Step(kind, at, other, n, fork == 0);
        var input =
            from length in Gen.Choose(0, 60)
            from values in Gen.Choose(-50, 50).ArrayOf(length)
            select values;
        return
            from sources in Gen.Choose(1, 2)
            from inputs in input.ArrayOf(sources)
            from count in Gen.Choose(1, 12)
            from steps in step.ArrayOf(count)
            select new GraphShape(inputs, steps);
    }

    private static IEnumerable<GraphShape> Smaller(GraphShape shape)
    {
        for (var i = 0; i < shape.Steps.Count; i++)
        {
            yield return shape with { Steps = Without(shape.Steps, i) };
        }

        for (var i = 0; i < shape.Inputs.Count; i++)
        {
            if (shape.Inputs.Count > 1)
            {
                yield return shape with { Inputs = Without(shape.Inputs, i) };
            }

            var input = shape.Inputs[i];
            foreach (var shorter in new[] { input[..(input.Length / 2)], input[..^Math.Min(1, input.Length)] })
            {
                if (shorter.Length < input.Length)
                {
                    yield return shape with { Inputs = [.. shape.Inputs.Take(i), shorter, .. shape.Inputs.Skip(i + 1)] };
                }
            }
        }
    }

    private static List<T> Without<T>(IReadOnlyList<T> items, int index) => [.. items.Take(index), .. items.Skip(index + 1)];
}

using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>The streams of a join of different types, and how one tuple is made of a value of each.</summary>
internal static class TupleJoin
{
    public static TupleJoin<(T1 First, T2 Second)> Of<T1, T2>(Stream<T1> first, Stream<T2> second) =>
        new([first, second], sides =>
        {
            var (a, b) = (Side(sides, first), Side(sides, second));
            return () => (a.Take(), b.Take());
        });

    public static TupleJoin<(T1 First, T2 Second, T3 Third)> Of<T1, T2, T3>(Stream<T1> first, Stream<T2> second, Stream<T3> third) =>
        new([first, second, third], sides =>
        {
            var (a, b, c) = (Side(sides, first), Side(sides, second), Side(sides, third));
            return () => (a.Take(), b.Take(), c.Take());
        });

    public static TupleJoin<(T1 First, T2 Second, T3 Third, T4 Fourth)> Of<T1, T2, T3, T4>(
        Stream<T1> first, Stream<T2> second, Stream<T3> third, Stream<T4> fourth) =>
        new([first, second, third, fourth], sides =>
        {
            var (a, b, c, d) = (Side(sides, first), Side(sides, second), Side(sides, third), Side(sides, fourth));
            return () => (a.Take(), b.Take(), c.Take(), d.Take());
        });

    public static TupleJoin<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth)> Of<T1, T2, T3, T4, T5>(
        Stream<T1> first, Stream<T2> second, Stream<T3> third, Stream<T4> fourth,
        Stream<T5> fifth) =>
        new([first, second, third, fourth, fifth], sides =>
        {
            var (a, b, c, d, e) = (Side(sides, first), Side(sides, second), Side(sides, third), Side(sides, fourth),
                Side(sides, fifth));
            return () => (a.Take(), b.Take(), c.Take(), d.Take(), e.Take());
        });

    public static TupleJoin<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth)> Of<T1, T2, T3, T4, T5, T6>(
        Stream<T1> first, Stream<T2> second, Stream<T3> third, Stream<T4> fourth,
        Stream<T5> fifth, Stream<T6> sixth) =>
        new([first, second, third, fourth, fifth, sixth], sides =>
        {
            var (a, b, c, d, e, f) = (Side(sides, first), Side(sides, second), Side(sides, third), Side(sides, fourth),
                Side(sides, fifth), Side(sides, sixth));
            return () => (a.Take(), b.Take(), c.Take(), d.Take(), e.Take(), f.Take());
        });

    public static TupleJoin<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth, T7 Seventh)> Of<T1, T2, T3, T4, T5, T6, T7>(
        Stream<T1> first, Stream<T2> second, Stream<T3> third, Stream<T4> fourth,
        Stream<T5> fifth, Stream<T6> sixth, Stream<T7> seventh) =>
        new([first, second, third, fourth, fifth, sixth, seventh], sides =>
        {
            var (a, b, c, d, e, f, g) = (Side(sides, first), Side(sides, second), Side(sides, third), Side(sides, fourth),
                Side(sides, fifth), Side(sides, sixth), Side(sides, seventh));
            return () => (a.Take(), b.Take(), c.Take(), d.Take(), e.Take(), f.Take(), g.Take());
        });

    public static TupleJoin<(T1 First, T2 Second, T3 Third, T4 Fourth, T5 Fifth, T6 Sixth, T7 Seventh, T8 Eighth)> Of<T1, T2, T3, T4, T5, T6, T7, T8>(
        Stream<T1> first, Stream<T2> second, Stream<T3> third, Stream<T4> fourth,
        Stream<T5> fifth, Stream<T6> sixth, Stream<T7> seventh, Stream<T8> eighth) =>
        new([first, second, third, fourth, fifth, sixth, seventh, eighth], sides =>
        {
            var (a, b, c, d, e, f, g, h) = (Side(sides, first), Side(sides, second), Side(sides, third), Side(sides, fourth),
                Side(sides, fifth), Side(sides, sixth), Side(sides, seventh), Side(sides, eighth));
            return () => (a.Take(), b.Take(), c.Take(), d.Take(), e.Take(), f.Take(), g.Take(), h.Take());
        });

    private static JoinSide<T> Side<T>(ISideMaker sides, Stream<T> stream) =>
        stream is Literal<T> literal ? new ConstantSide<T>(literal.Value) : sides.AddSide<T>();
}

/// <summary>The streams of a join, and how one output is made of a value of each.</summary>
internal sealed class TupleJoin<TOut>
{
    private static readonly string[] s_names = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

    private readonly IStream[] _streams;

    /// <summary>Notes the streams, which have the names of the parameters of the operator.</summary>
    /// <param name="streams">The streams; none may be null, and not all may be literals.</param>
    /// <param name="bind">Adds a side for each stream that is no literal, and gives what takes a value from each.</param>
    public TupleJoin(IStream[] streams, Func<ISideMaker, Func<TOut>> bind)
    {
        if (Array.IndexOf(streams, null) is >= 0 and var missing)
        {
            throw new ArgumentNullException(s_names[missing]);
        }

        Bind = bind;
        _streams = [.. streams.Where(stream => stream is not ILiteral)];
        if (_streams.Length == 0)
        {
            throw new ArgumentException("All sides of the join are literals, so it would never end. Give it at least one other stream.", s_names[0]);
        }
    }

    public Func<ISideMaker, Func<TOut>> Bind { get; }

    public IEnumerable<Type> InputTypes => _streams.Select(stream => stream.Node.OutputType!);

    public int InputCount => _streams.Length;

    /// <summary>The inputs that are fed by the given streams.</summary>
    /// <param name="streams">What the user gave; each must be a side of the join.</param>
    /// <param name="parameter">The name of the parameter.</param>
    public IReadOnlySet<int> InputsOf(IReadOnlyList<IStream> streams, string parameter) => JoinSides.InputsOf(_streams, streams, parameter);

    /// <summary>Puts the join behind its streams.</summary>
    public Stream<TOut> Put(JoinNode<TOut> node, NodeOptions? options) => node.Join(options, _streams);
}

/// <summary>Finds sides of a join by their streams.</summary>
internal static class JoinSides
{
    public static IReadOnlySet<int> InputsOf(IReadOnlyList<IStream> sides, IReadOnlyList<IStream> chosen, string parameter)
    {
        if (chosen.Count == 0)
        {
            throw new ArgumentException($"{parameter} is empty, so nothing would ever be emitted. Name at least one side, or leave it out.", parameter);
        }

        var inputs = new HashSet<int>();
        foreach (var stream in chosen)
        {
            var found = Enumerable.Range(0, sides.Count).Where(input => sides[input].Node == stream?.Node).ToList();
            if (found.Count == 0)
            {
                throw new ArgumentException(
                    $"{parameter} names {(stream is null ? "null" : $"'{stream.Node}'")}, which is no side of the join. Name streams that are joined, literals aside.", parameter);
            }

            inputs.UnionWith(found);
        }

        return inputs;
    }
}

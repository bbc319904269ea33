using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>Results are written as text, so that lists are compared by their items.</summary>
[TestFixture("fold")]
[TestFixture("nothing")]
[TestFixture("lists")]
[TestFixture("lists, two groups")]
[TestFixture("lists, timed")]
[TestFixture("idle")]
[TestFixture("nested")]
internal sealed class GroupByLaws(string variant) : IntLawsTests<string>
{
    private const int Keys = 3;

    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override bool UsesTime => variant is "lists, timed" or "idle";

    protected override int MaxHeld => variant.StartsWith("lists", StringComparison.Ordinal) || variant == "idle" ? Keys : 0;

    protected override int MaxInputsPerOutput => MaxHeld == 0 ? 1 : 2;

    protected override IStream Build(Stream<int> source, LawProbe<string> probe)
    {
        int Key(int value)
        {
            probe.Enter();
            return value % Keys;
        }

        return variant switch
        {
            "fold" => source.GroupBy(Key, group => group.Accumulate((sum, value) => sum + value)).Map(Text),
            "nothing" => source.GroupBy(Key, group => group).Map(Text),
            "lists" => source.GroupBy(Key, group => group.Partition(2).Map(Text)).Map(Text),
            "lists, two groups" => source.GroupBy(Key, group => group.Partition(2).Map(Text), new GroupByOptions { MaxGroups = 2 }).Map(Text),
            "lists, timed" => source.GroupBy(Key, group => group.TimedWindow(TimeSpan.FromSeconds(5), maxCount: 2).Map(Text)).Map(Text),
            "idle" => source.GroupBy(Key, group => group.Partition(2).Map(Text), new GroupByOptions { IdleTimeout = TimeSpan.FromSeconds(5) }).Map(Text),
            "nested" => source.GroupBy(Key, group => group.GroupBy(value => value % 2, inner => inner.Accumulate((sum, value) => sum + value)).Map(Text)).Map(Text),
            _ => throw Unknown(variant),
        };
    }

    protected override string? NodeOfDelegate => variant switch
    {
        "fold" => "group_by Key (accumulate)",
        "nothing" => "group_by Key",
        "lists" or "lists, two groups" or "idle" => "group_by Key (partition, map)",
        "lists, timed" => "group_by Key (timed_window, map)",
        _ => "group_by Key (group_by, map)",
    };

    protected override IEnumerable<string> Model(IReadOnlyList<int> inputs)
    {
        if (variant == "nothing")
        {
            return inputs.Select(value => $"{value % Keys}: {value}");
        }

        return variant switch
        {
            "fold" => inputs.Select((value, index) => $"{value % Keys}: {inputs.Take(index + 1).Where(each => each % Keys == value % Keys).Sum()}"),
            "nested" => inputs.Select((value, index) =>
                $"{value % Keys}: {value % 2}: {inputs.Take(index + 1).Where(each => each % Keys == value % Keys && each % 2 == value % 2).Sum()}"),
            _ => Lists(inputs),
        };
    }

    private IEnumerable<string> Lists(IReadOnlyList<int> inputs)
    {
        // In the order of the last use; numbered in the order of their beginning.
        var groups = new List<(int Key, int Number, List<int> Held)>();
        for (var index = 0; index < inputs.Count; index++)
        {
            var value = inputs[index];
            var found = groups.FindIndex(group => group.Key == value % Keys);
            var group = found < 0 ? (Key: value % Keys, Number: index, Held: []) : groups[found];
            if (found >= 0)
            {
                groups.RemoveAt(found);
            }
            else if (variant == "lists, two groups" && groups.Count == 2)
            {
                if (groups[0].Held.Count > 0)
                {
                    yield return Text(groups[0]);
                }

                groups.RemoveAt(0);
            }

            groups.Add(group);
            group.Held.Add(value);
            if (group.Held.Count == 2)
            {
                yield return Text(group);
                group.Held.Clear();
            }
        }

        foreach (var group in groups.OrderBy(group => group.Number).Where(group => group.Held.Count > 0))
        {
            yield return Text(group);
        }
    }

    private static string Text((int Key, int Number, List<int> Held) group) => $"{group.Key}: {Text(group.Held)}";

    private static string Text<T>(KeyValuePair<int, T> pair) => $"{pair.Key}: {pair.Value}";

    private static string Text(IReadOnlyList<int> list) => string.Join(' ', list);
}

/// <summary>The delegate of an operator inside the groups; both nodes have one name, since failures carry that of the inner one.</summary>
[TestFixture("sync")]
[TestFixture("async")]
internal sealed class GroupByBodyLaws(string variant) : IntLawsTests<KeyValuePair<bool, int>>
{
    protected override LawDelegate Delegate => DelegateOf(variant);

    protected override IStream Build(Stream<int> source, LawProbe<KeyValuePair<bool, int>> probe)
    {
        var options = new NodeOptions { Name = "group" };
        int Quick(int value)
        {
            probe.Enter();
            return value * 2;
        }

        async ValueTask<int> Slow(int value, CancellationToken cancellation)
        {
            await probe.EnterAsync(cancellation);
            return value * 2;
        }

        return source.GroupBy(
            value => value > 2,
            group => variant == "sync" ? group.Map(Quick, options: options) : group.Map(Slow, options: options),
            options: options);
    }

    protected override IEnumerable<KeyValuePair<bool, int>> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => KeyValuePair.Create(value > 2, value * 2));
}

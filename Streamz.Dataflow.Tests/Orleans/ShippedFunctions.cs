using System.Globalization;
using Orleans;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>Functions of every kind that C# makes delegates of.</summary>
internal static class ShippedFunctions
{
    public static int Twice(int x) => x * 2;

    public static Func<int, int> Private() => Thrice;

    public static Func<int, int> Adder(int add) => x => x + add;

    public static Func<int, int> Nested(int one)
    {
        var functions = new List<Func<int, int>>();
        for (var i = 0; i < 1; i++)
        {
            var ten = one * 10;
            for (var j = 0; j < 1; j++)
            {
                var hundred = ten * 10;
                functions.Add(x => x + one + ten + hundred);
            }
        }

        return functions[0];
    }

    public static Func<int, int> Composed(Func<int, int> first, Func<int, int> second) => x => second(first(x));

    public static Func<int, int> Factorial()
    {
        Func<int, int>? self = null;
        self = x => x < 2 ? 1 : x * self!(x - 1);
        return self;
    }

    public static Func<int, int> Shared(int add)
    {
        Func<int, int> first = x => x + add;
        Func<int, int> second = x => first(x) + add;
        return second;
    }

    /// <summary>The compiler keeps the lambda of the loop in the closure of the method.</summary>
    public static Func<int, int> Cached(int add)
    {
        Func<int, int> result = x => x;
        for (var i = 0; i < 2; i++)
        {
            result = Composed(result, x => x + add);
        }

        return result;
    }

    public static Func<int, int> WithOptional(Func<int, int>? optional) => x => optional is null ? x : optional(x);

    public static Func<int, int> Local(int add)
    {
        return Add;

        int Add(int x) => x + add;
    }

    public static Func<int, int> LocalStatic()
    {
        return Add;

        static int Add(int x) => x + 1;
    }

    public static List<T> Wrap<T>(T value) => [value];

    public static T[] Array<T>(T value) => [value];

    public static Func<T, (T, TOther)> Paired<T, TOther>(TOther other) => value => (value, other);

    public static Func<T, (T, TOther?)> Defaulted<T, TOther>() => value => (value, default);

    public static string Repeated(this string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    public static Func<int, string> PlainData()
    {
        var colour = Colour.Green;
        var list = new List<int> { 2, 3 };
        var array = new[] { 4 };
        var table = new Dictionary<string, int> { ["a"] = 1 };
        (int Number, string Text) pair = (1, "two");
        DateTime? date = new DateTime(2024, 2, 29);
        var coded = new Coded(1, "one");
        return x => string.Create(
            CultureInfo.InvariantCulture,
            $"{x} {colour} {coded.Number} {string.Join(',', list)} {array[0]} {string.Join(',', table.Select(entry => $"{entry.Key}={entry.Value}"))} {pair.Text} {date:dd.MM.yyyy}");
    }

    public static Func<int, bool> Any(IReadOnlyList<int>? of) => x => of?.Contains(x) == true;

    public static Func<int, string> Capturing<T>(T value) => x => $"{x} {value}";

    public static Func<int, int> Counting<T>(T value) => x => x + $"{value}".Length;

    public static IEnumerable<Func<int, int>> FromIterator()
    {
        var add = 2;
        yield return x => x + add;
    }

    public static async Task<Func<int, int>> FromAsync(int add)
    {
        await Task.Yield();
        return x => x + add;
    }

    private static int Thrice(int x) => x * 3;
}

internal delegate int ShippedDelegate(int x);

internal static class ShippedGeneric<T>
{
    public static (int, T?) Pair(int x) => (x, default);

    public static Func<TOther, (TOther, T)> Lambda<TOther>(T value) => x => (x, value);
}

[GenerateSerializer]
internal class ShippedTarget
{
    [Id(0)]
    public int Factor { get; set; }

    public int Times(int x) => x * Factor;

    public int Get() => Factor;

    public Func<int, int> Lambda() => x => x * Factor;

    public Func<int, int> LambdaAnd(int add) => x => x * Factor + add;

    public Func<int, int> Overridden() => Virtual;

    protected virtual int Virtual(int x) => x;
}

[GenerateSerializer]
internal sealed class ShippedDerived : ShippedTarget
{
    protected override int Virtual(int x) => x * Factor * 20;
}

[GenerateSerializer]
internal struct ShippedStruct
{
    [Id(0)]
    public int Factor { get; set; }

    public readonly int Times(int x) => x * Factor;
}

internal sealed class UnshippedTarget
{
    public int Factor { get; set; }

    public Func<int, int> Lambda() => x => x * Factor;

    public Func<int, int> LambdaAnd(int add) => x => x * Factor + add;
}

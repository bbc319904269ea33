using System.Linq.Expressions;

namespace Streamz.Dataflow.Tests.Orleans;

/// <summary>Functions next to other lambdas, whose captures, in the same closure, cannot travel.</summary>
internal static class ShippedScopes
{
    public static IEnumerable<(string Name, Func<int, int> Function, int Expected)> All()
    {
        var outside = new SemaphoreSlim(1);
        var one = 1;
        var two = 2;
        var list = new List<int> { 1, 2, 3 };
        Keep(() => outside.Release());

        yield return ("BesideAnother", x => x + one, 6);
        yield return ("BesideAnotherWithTwo", x => x + one + two, 8);
        yield return ("BesideAnotherWithLambdaInside", x => list.Select(y => y + one + x).Sum(), 24);
        yield return ("BesideAnotherWithLambdasInLambdas", x => list.Select(y => list.Select(z => z + y + x + two).Sum()).Sum(), 99);
        yield return ("BesideAnotherWithLocalFunction", x => Local(x) + two, 8);
        yield return ("BesideAnotherWithIterator", x => Iterated(x).Sum(), 11);
        yield return ("BesideAnotherWithAsync", x => Later(x).GetAwaiter().GetResult(), 6);
        yield return ("BesideAnotherWithAsyncLambda", x => ((Func<Task<int>>)(async () => { await Task.Yield(); return x + two; }))().GetAwaiter().GetResult(), 7);
        yield return ("BesideAnotherWithAsyncStream", x => ReadAsync(x).GetAwaiter().GetResult(), 13);
        yield return ("BesideAnotherWithExpression", x => ((Expression<Func<int>>)(() => one + x)).Compile()(), 6);
        yield return ("BesideAnotherWithQuery", x => (from y in list from z in list where y < z + one - 1 let sum = y + z orderby sum select sum + x).Sum(), 27);
        yield return ("BesideAnotherWithSwitchAndCatch", x => Switched(x), 105);

        for (var i = 0; i < 2; i++)
        {
            var inner = i + 10;
            var unsent = new object();
            Keep(() => unsent.ToString());
            yield return ($"InALoopBesideAnother{i}", x => x + inner + one, 5 + inner + one);
        }

        Func<int, int> first = x => x + one;
        yield return ("WithAFunctionThatUsesMoreOfTheClosure", x => first(x) + two, 8);
        yield return ("InGenericMethod", Generic(list, 7), 15);

        int Local(int x) => x + one;

        IEnumerable<int> Iterated(int x)
        {
            yield return x;
            yield return x + one;
        }

        async Task<int> Later(int x)
        {
            await Task.Yield();
            return x + one;
        }

        async IAsyncEnumerable<int> Streamed(int x)
        {
            await Task.Yield();
            yield return x + one;
            yield return x + two;
        }

        async Task<int> ReadAsync(int x)
        {
            var sum = 0;
            await foreach (var value in Streamed(x))
            {
                sum += value;
            }

            return sum;
        }

        int Switched(int x)
        {
            try
            {
                return x switch
                {
                    0 => 1,
                    1 => 3,
                    2 => 9,
                    3 => 27,
                    4 => 81,
                    _ => throw new InvalidOperationException(),
                };
            }
            catch (InvalidOperationException) when (one == 1)
            {
                return x + (one * 100);
            }
        }
    }

    private static Func<int, int> Generic<T>(List<T> values, T extra)
    {
        var outside = new SemaphoreSlim(1);
        var more = 3;
        Keep(() => outside.Release());
        return x => x + more + values.Append(extra).Select(value => values.Count + (value is null ? 1 : 0)).First() + values.Count + (x > 4 ? 1 : 0);
    }

    private static void Keep(Action action) => GC.KeepAlive(action);
}

using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>How one list is made of a value of each side of a join.</summary>
internal static class ListJoin
{
    public static Func<ISideMaker, Func<IReadOnlyList<T>>> Bind<T>(int count) => maker =>
    {
        var sides = new JoinSide<T>[count];
        for (var i = 0; i < count; i++)
        {
            sides[i] = maker.AddSide<T>();
        }

        return () => Array.ConvertAll(sides, side => side.Take());
    };
}

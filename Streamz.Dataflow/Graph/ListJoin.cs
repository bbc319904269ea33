using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Graph;

/// <summary>How one list is made of a value of each side of a join, in the order of the sides, which may change while it runs.</summary>
internal sealed class ListJoin<T>(int count) : ISideList
{
    private readonly List<JoinSide<T>> _sides = [];

    public Func<IReadOnlyList<T>> Bind(ISideMaker maker)
    {
        for (var i = 0; i < count; i++)
        {
            AddTo(maker);
        }

        return Take;
    }

    public void AddTo(ISideMaker maker) => _sides.Add(maker.AddSide<T>());

    public void Remove(int input) => _sides.RemoveAll(side => side.Index == input);

    private T[] Take()
    {
        var values = new T[_sides.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _sides[i].Take();
        }

        return values;
    }
}

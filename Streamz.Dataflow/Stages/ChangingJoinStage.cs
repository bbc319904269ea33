using System.Globalization;

namespace Streamz.Dataflow.Stages;

/// <summary>A join that makes its outputs of a value from each side, and knows how many sides have none.</summary>
/// <param name="list">The sides from which outputs are made, if they may change.</param>
internal abstract class ChangingJoinStage<TOut>(ISideList? list) : JoinStage<TOut>, ISideMaker, IChangingJoin, ISnapshot
{
    /// <summary>The sides that have an input.</summary>
    protected List<JoinSide> Sides { get; } = [];

    /// <summary>How many of them have no value to give.</summary>
    protected int Missing { get; set; }

    public abstract JoinSide<T> AddSide<T>();

    void IChangingJoin.AddSide()
    {
        list!.AddTo(this);
        Missing++;
    }

    ValueTask IChangingJoin.RemoveSideAsync(int input)
    {
        var side = SideOf(input);
        Sides.Remove(side);
        list!.Remove(input);
        if (!side.IsReady)
        {
            Missing--;
        }

        return OnSideRemovedAsync(side);
    }

    public void Save(SnapshotWriter snapshot)
    {
        snapshot.Write("sides", Sides.Count);
        for (var i = 0; i < Sides.Count; i++)
        {
            Sides[i].Save(snapshot, NameOf(i));
        }
    }

    public void Restore(SnapshotReader snapshot)
    {
        var count = snapshot.Read<int>("sides");
        if (count != Sides.Count)
        {
            throw new InvalidDataException($"It is of {count} sides, and the join has {Sides.Count}.");
        }

        for (var i = 0; i < count; i++)
        {
            var side = Sides[i];
            for (var held = side.Restore(snapshot, NameOf(i)); held > 0; held--)
            {
                Context.KeepRestoredPlace(side.Index);
            }
        }

        Missing = Sides.Count(side => !side.IsReady);
    }

    /// <summary>The side of an input.</summary>
    protected JoinSide SideOf(int input) => Sides.Find(side => side.Index == input)!;

    private static string NameOf(int side) => string.Create(CultureInfo.InvariantCulture, $"side {side}");

    /// <summary>A side was taken away; what it holds is to be let go of.</summary>
    protected abstract ValueTask OnSideRemovedAsync(JoinSide side);
}

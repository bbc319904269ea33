namespace Streamz.Dataflow.Stages;

/// <summary>A join that makes its outputs of a value from each side, and knows how many sides have none.</summary>
/// <param name="list">The sides from which outputs are made, if they may change.</param>
internal abstract class ChangingJoinStage<TOut>(ISideList? list) : JoinStage<TOut>, ISideMaker, IChangingJoin
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

    /// <summary>The side of an input.</summary>
    protected JoinSide SideOf(int input) => Sides.Find(side => side.Index == input)!;

    /// <summary>A side was taken away; what it holds is to be let go of.</summary>
    protected abstract ValueTask OnSideRemovedAsync(JoinSide side);
}

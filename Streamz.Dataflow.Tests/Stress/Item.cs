namespace Streamz.Dataflow.Tests.Stress;

/// <summary>What one producer emitted as its n-th; the laps are counted inside loops only.</summary>
internal readonly record struct Item(int Source, int Producer, int Number, int Laps = 0)
{
    /// <summary>A number that looks random and is the same in every run of the seed.</summary>
    public uint Mix(int salt)
    {
        var mixed = (uint)((Producer * 7_919) + (Number * 104_729) + (salt * 1_299_709));
        mixed = (mixed ^ (mixed >> 15)) * 2_246_822_519;
        mixed = (mixed ^ (mixed >> 13)) * 3_266_489_917;
        return mixed ^ (mixed >> 16);
    }

    public override string ToString() => $"{Source}:{Producer}.{Number}";
}

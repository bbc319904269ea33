namespace Streamz.Dataflow.Testing;

/// <summary>Small, and the same on every platform and version: a seed that was printed once means the same for ever.</summary>
internal sealed class LawRandom(int seed)
{
    private ulong _state = ((ulong)(uint)seed * 0x9E3779B97F4A7C15) + 0xD1B54A32D192ED03;

    public int Next(int bound)
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)bound);
    }

    public int Next(int least, int bound) => least + Next(bound - least);
}

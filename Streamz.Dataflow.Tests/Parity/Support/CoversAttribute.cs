namespace Streamz.Dataflow.Tests.Parity;

/// <summary>Says which line of <c>parity-lines.txt</c> a test shows; <c>docs/parity.md</c> is generated from it.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal abstract class CoversAttribute(string section, string line, string mark) : Attribute
{
    public string Section { get; } = section;

    public string Line { get; } = line;

    public string Mark { get; } = mark;
}

/// <summary>The test pins what a test of python-streamz pins, as it is (=), in the means of .NET (~) or better (!).</summary>
internal sealed class ParityAttribute(string section, string line, string mark) : CoversAttribute(section, line, mark);

/// <summary>The test shows that a defect of python-streamz is not ours.</summary>
internal sealed class DefectAttribute(string line) : CoversAttribute("defects", line, "!");

/// <summary>The test shows what becomes of a trap of TPL Dataflow in our hands.</summary>
internal sealed class TrapAttribute(int number) : CoversAttribute("traps", $"T{number}", "!");

import java.io.FileInputStream;
import java.util.Set;
import java.util.TreeSet;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Asks veraPDF about each file: Conformity FLAVOUR[,FLAVOUR...] FILE...
 *
 * Writes one line for each flavour of each file: flavour, file, verdict, then each rule that is broken, parted by tabs.
 */
public class Conformity {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int place = 1; place < arguments.length; place++) {
            for (String flavour : arguments[0].split(",")) {
                Set<String> broken = new TreeSet<>();
                String verdict = judge(arguments[place], PDFAFlavour.byFlavourId(flavour), broken);
                String rules = broken.isEmpty() ? "" : "\t" + String.join("\t", broken);
                System.out.println(flavour + "\t" + arguments[place] + "\t" + verdict + rules);
            }
        }
    }

    private static String judge(String file, PDFAFlavour flavour, Set<String> broken) throws Exception {
        try (FileInputStream content = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(content, flavour)) {
            ValidationResult result = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String message = assertion.getMessage().replaceAll("\\s+", " ");
                    broken.add(assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber() + " " + message);
                }
            }
            return result.isCompliant() && result.getTotalAssertions() > 0 ? "conforms" : "breaks";
        }
    }
}
